/** What the first bytes of a file say that it is. */

const signatures: readonly (readonly [bytes: string, meaning: string])[] = [
  ["\x93NUMPY", "a numpy array (.npy)"],
  ["PK\x03\x04", "a zip archive (as .npz, .pt and .xlsx are)"],
  ["PK\x05\x06", "an empty zip archive"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file (as .h5 and .nwb are)"],
  ["MATLAB 7.3", "a MATLAB 7.3 file (.mat)"],
  ["MATLAB 5.0", "a MATLAB file (.mat)"],
  ["\x1f\x8b", "a gzip archive (.gz)"],
  ["PAR1", "a Parquet file"],
  ["ARROW1", "an Arrow file"],
  ["%PDF", "a PDF"],
  ["\x89PNG", "a PNG picture"],
  ["\xd0\xcf\x11\xe0", "an old Office file (as .xls is)"],
  ["\x80\x02", "a Python pickle"],
  ["\x80\x03", "a Python pickle"],
  ["\x80\x04", "a Python pickle"],
  ["\x80\x05", "a Python pickle"],
  ["\xff\xfe", "UTF-16 text"],
  ["\xfe\xff", "UTF-16 text"],
];

/** Enough bytes for `describeFirstBytes`. */
export const firstBytesLength = 32;

/** Whether the bytes begin with a prefix, one character a byte. */
export function startsWith(bytes: Uint8Array, prefix: string): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix.charCodeAt(i)) return false;
  return true;
}

/** Words for the first bytes of a file: a known format, a piece of text, or the bytes in hexadecimal. */
export function describeFirstBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  for (const [prefix, meaning] of signatures) if (startsWith(bytes, prefix)) return meaning;
  const start = bytes.subarray(0, 24);
  // A safetensors file starts with the length of its header in eight bytes, then the header in JSON.
  if (start[8] === 0x7b && start[6] === 0 && start[7] === 0) return "a safetensors file";
  if (start.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13)) {
    return `text that begins ${JSON.stringify(String.fromCharCode(...start))}`;
  }
  const digits = Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `the bytes ${digits.join(" ")}`;
}
