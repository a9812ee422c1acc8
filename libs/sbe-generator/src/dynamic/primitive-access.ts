import type { PrimitiveName } from "../schema/primitive-type.js";

/** Reads and writes one number of a primitive type in place; the caller has checked that its octets are there. */
export interface PrimitiveAccess {
  readonly size: number;
  read(view: DataView, at: number): number | bigint;
  write(view: DataView, at: number, value: number | bigint): void;
}

type Access = (littleEndian: boolean) => PrimitiveAccess;

const ACCESS: Readonly<Record<PrimitiveName, Access>> = {
  char: () => OCTET,
  uint8: () => OCTET,
  int8: () => ({
    size: 1,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, Number(value)),
  }),
  int16: (littleEndian) => ({
    size: 2,
    read: (view, at) => view.getInt16(at, littleEndian),
    write: (view, at, value) => view.setInt16(at, Number(value), littleEndian),
  }),
  uint16: (littleEndian) => ({
    size: 2,
    read: (view, at) => view.getUint16(at, littleEndian),
    write: (view, at, value) => view.setUint16(at, Number(value), littleEndian),
  }),
  int32: (littleEndian) => ({
    size: 4,
    read: (view, at) => view.getInt32(at, littleEndian),
    write: (view, at, value) => view.setInt32(at, Number(value), littleEndian),
  }),
  uint32: (littleEndian) => ({
    size: 4,
    read: (view, at) => view.getUint32(at, littleEndian),
    write: (view, at, value) => view.setUint32(at, Number(value), littleEndian),
  }),
  int64: (littleEndian) => ({
    size: 8,
    read: (view, at) => view.getBigInt64(at, littleEndian),
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), littleEndian),
  }),
  uint64: (littleEndian) => ({
    size: 8,
    read: (view, at) => view.getBigUint64(at, littleEndian),
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), littleEndian),
  }),
  float: (littleEndian) => ({
    size: 4,
    read: (view, at) => view.getFloat32(at, littleEndian),
    write: (view, at, value) => view.setFloat32(at, Number(value), littleEndian),
  }),
  double: (littleEndian) => ({
    size: 8,
    read: (view, at) => view.getFloat64(at, littleEndian),
    write: (view, at, value) => view.setFloat64(at, Number(value), littleEndian),
  }),
};

const OCTET: PrimitiveAccess = {
  size: 1,
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, Number(value)),
};

export function primitiveAccess(name: PrimitiveName, littleEndian: boolean): PrimitiveAccess {
  return ACCESS[name](littleEndian);
}
