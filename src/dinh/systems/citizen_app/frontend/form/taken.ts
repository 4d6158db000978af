/** Where a photo was taken, as the camera wrote it into the file (EXIF GPS); of JPEG and HEIC alike. */

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const GPS_POINTER = 0x8825;
/** The data stand near the beginning; in HEIC they may come later. */
const LONGEST = 1024 * 1024;

/** Longitude and latitude in degrees; null where the file says nothing, or nothing that can be. */
export function takenAt(bytes: Uint8Array): [number, number] | null {
  const seen = bytes.subarray(0, LONGEST);
  for (let start = seen.indexOf(EXIF[0] as number); start >= 0; start = seen.indexOf(EXIF[0] as number, start + 1)) {
    if (!EXIF.every((byte, index) => seen[start + index] === byte)) continue;
    try {
      const found = readGps(new DataView(seen.buffer, seen.byteOffset + start + EXIF.length, seen.length - start - EXIF.length));
      if (found) return found;
    } catch {
      // Cut off or forged: it says nothing.
    }
  }
  return null;
}

function readGps(view: DataView): [number, number] | null {
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  const first = entries(view, view.getUint32(4, little), little);
  const pointer = first.get(GPS_POINTER);
  if (pointer === undefined) return null;
  const gps = entries(view, view.getUint32(pointer + 8, little), little);
  const latitude = degrees(view, gps.get(2), little);
  const longitude = degrees(view, gps.get(4), little);
  if (latitude === null || longitude === null) return null;
  const south = sign(view, gps.get(1), 'S');
  const west = sign(view, gps.get(3), 'W');
  const point: [number, number] = [west * longitude, south * latitude];
  // Cameras without a fix write zeros.
  const known = Math.abs(point[0]) <= 180 && Math.abs(point[1]) <= 90 && (point[0] !== 0 || point[1] !== 0);
  return known ? point : null;
}

function entries(view: DataView, at: number, little: boolean): Map<number, number> {
  const found = new Map<number, number>();
  const count = view.getUint16(at, little);
  for (let index = 0; index < Math.min(count, 200); index += 1) found.set(view.getUint16(at + 2 + 12 * index, little), at + 2 + 12 * index);
  return found;
}

function degrees(view: DataView, entry: number | undefined, little: boolean): number | null {
  if (entry === undefined || view.getUint32(entry + 4, little) !== 3) return null;
  const at = view.getUint32(entry + 8, little);
  const part = (index: number): number => view.getUint32(at + 8 * index, little) / view.getUint32(at + 8 * index + 4, little);
  const value = part(0) + part(1) / 60 + part(2) / 3600;
  return Number.isFinite(value) ? value : null;
}

function sign(view: DataView, entry: number | undefined, negative: string): number {
  return entry !== undefined && String.fromCharCode(view.getUint8(entry + 8)) === negative ? -1 : 1;
}
