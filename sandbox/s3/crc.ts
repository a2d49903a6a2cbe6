import { crc32 as zlibCrc32 } from 'node:zlib';

/** A CRC with the low bits first, as in S3, as a table with one entry per byte value. */
interface Table {
  high: Uint32Array;
  low: Uint32Array;
}

const tableOf = (polynomialHigh: number, polynomialLow: number): Table => {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (low & 1) === 1;
      low = ((low >>> 1) | (high << 31)) >>> 0;
      high >>>= 1;
      if (isOdd) [high, low] = [(high ^ polynomialHigh) >>> 0, (low ^ polynomialLow) >>> 0];
    }
    table.high[byte] = high;
    table.low[byte] = low;
  }
  return table;
};

/** Castagnoli's polynomial, RFC 3720. */
const castagnoli = tableOf(0, 0x82f63b78);
/** CRC-64/NVME, NVM Express NVM Command Set Specification. */
const nvme = tableOf(0x9a6c9329, 0xac4bc9b5);

const ones = 0xffffffff;

export const crc32 = (bytes: Buffer): Buffer => number(zlibCrc32(bytes));

export const crc32c = (bytes: Buffer): Buffer => {
  const { low: table } = castagnoli;
  let value = ones;
  for (const byte of bytes) value = ((table[(value ^ byte) & 255] ?? 0) ^ (value >>> 8)) >>> 0;
  return number((value ^ ones) >>> 0);
};

export const crc64nvme = (bytes: Buffer): Buffer => {
  let [high, low] = [ones, ones];
  for (const byte of bytes) {
    const index = (low ^ byte) & 255;
    low = (((low >>> 8) | (high << 24)) ^ (nvme.low[index] ?? 0)) >>> 0;
    high = ((high >>> 8) ^ (nvme.high[index] ?? 0)) >>> 0;
  }
  return Buffer.concat([number((high ^ ones) >>> 0), number((low ^ ones) >>> 0)]);
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
