/** Octets of the header that both schema versions use: block length, template id, schema id, version, all uint16. */
export const HEADER_LENGTH = 8;

export interface MessageHeader {
  readonly blockLength: number;
  readonly templateId: number;
  readonly schemaId: number;
  readonly version: number;
}

/** The header of a frame of `length` octets at `offset`; undefined when the frame or the view is too short for one. */
export function readHeader(view: DataView, offset: number, length: number): MessageHeader | undefined {
  if (!holdsHeader(view, offset, length)) return undefined;
  return {
    blockLength: view.getUint16(offset, true),
    templateId: view.getUint16(offset + 2, true),
    schemaId: view.getUint16(offset + 4, true),
    version: view.getUint16(offset + 6, true),
  };
}

/** The template id of a frame, −1 when it is too short for a header; allocates nothing. */
export function peekTemplateId(view: DataView, offset: number, length: number): number {
  return holdsHeader(view, offset, length) ? view.getUint16(offset + 2, true) : -1;
}

/** The schema id of a frame, −1 when it is too short for a header; allocates nothing. */
export function peekSchemaId(view: DataView, offset: number, length: number): number {
  return holdsHeader(view, offset, length) ? view.getUint16(offset + 4, true) : -1;
}

function holdsHeader(view: DataView, offset: number, length: number): boolean {
  return offset >= 0 && length >= HEADER_LENGTH && offset + HEADER_LENGTH <= view.byteLength;
}
