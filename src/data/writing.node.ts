/** Writing to disk, with refusals of the system in one sentence; Node only. */

import { InputError } from "../errors.ts";

/**
 * What `write` gives; where the system refuses it, an error that names the path.
 *
 * @param where  what messages begin with, such as `infer`
 * @throws InputError `cannot-write`
 */
export async function writing<T>(where: string, path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new InputError({
      code: "cannot-write",
      message: `${where}: expected to write "${path}", got ${reason}; choose a folder that exists and is writable`,
      cause,
    });
  }
}
