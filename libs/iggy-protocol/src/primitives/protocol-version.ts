/** Protocol 0.11.0, packed as `major << 20 | minor << 10 | patch`. */
export const PROTOCOL_VERSION = 11 << 10;

/** "0.11.0" for 11264. */
export function formatProtocolVersion(packed: number): string {
  return `${packed >>> 20}.${(packed >>> 10) & 0x3ff}.${packed & 0x3ff}`;
}

/** The gate of a server of {@link PROTOCOL_VERSION}: any patch of the same minor version. */
export function isCompatibleProtocol(client: number, server: number = PROTOCOL_VERSION): boolean {
  return client >>> 10 === server >>> 10;
}
