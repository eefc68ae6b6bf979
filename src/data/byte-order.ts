/** The order of bytes within a number. */

/** Whether this machine stores the lowest byte first, as nearly all do. */
export const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy with the bytes of every item reversed; `itemSize` divides the length. */
export function reversedItems(bytes: Uint8Array, itemSize: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let item = 0; item < bytes.length; item += itemSize) {
    for (let k = 0; k < itemSize; k++) out[item + k] = bytes[item + itemSize - 1 - k];
  }
  return out;
}
