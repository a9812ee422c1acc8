import { describeError } from "@ims/common";
import { peekTemplateId, v2 } from "@ims/sbe";
import type { ControlReply, StartAccepted } from "./reply.js";
import { ControlTemplate } from "./request.js";

/** Reads what arrives in the client's own stream. Bytes from outside: nothing here throws. */
export class ReplyDecoder {
  readonly #loginAccepted = new v2.LoginAcceptedDecoder();
  readonly #requestAccepted = new v2.RequestAcceptedDecoder();
  readonly #startAccepted = new v2.StartAcceptedDecoder();
  readonly #startManyAccepted = new v2.StartManyAcceptedDecoder();
  readonly #requestRefused = new v2.RequestRefusedDecoder();

  /**
   * The reply at `view[offset, offset + length)`; undefined for what is no reply of version 2, such as data in private
   * delivery, and for malformed bytes, of which `onMalformed` is told.
   */
  decode(
    view: DataView,
    offset: number,
    length: number,
    onMalformed: (reason: string) => void,
  ): ControlReply | undefined {
    try {
      switch (peekTemplateId(view, offset, length)) {
        case ControlTemplate.LoginAccepted:
          return this.#readLoginAccepted(view, offset, length);
        case ControlTemplate.RequestAccepted:
          return this.#readRequestAccepted(view, offset, length);
        case ControlTemplate.StartAccepted:
          return this.#readStartAccepted(view, offset, length);
        case ControlTemplate.StartManyAccepted:
          return this.#readStartManyAccepted(view, offset, length);
        case ControlTemplate.RequestRefused:
          return this.#readRefused(view, offset, length);
        case -1:
          onMalformed(`${length} bytes are too few for a message header`);
          return undefined;
        default:
          return undefined;
      }
    } catch (error) {
      onMalformed(describeError(error));
      return undefined;
    }
  }

  #readLoginAccepted(view: DataView, offset: number, length: number): ControlReply {
    const decoder = this.#loginAccepted.wrapAndApplyHeader(view, offset, length);
    return {
      kind: "login-accepted",
      ...header(decoder),
      heartbeatMillis: decoder.heartbeatMillis(),
      expiryMillis: decoder.expiryMillis(),
      symbolsPerClientMax: decoder.symbolsPerClientMax(),
      instrumentCount: decoder.instrumentCount(),
      instrumentsOffset: decoder.instrumentsOffsetNumber(),
      serviceVersion: decoder.serviceVersion(),
    };
  }

  #readRequestAccepted(view: DataView, offset: number, length: number): ControlReply {
    const decoder = this.#requestAccepted.wrapAndApplyHeader(view, offset, length);
    return {
      kind: "request-accepted",
      ...header(decoder),
      affectedCount: decoder.affectedCount(),
      restartCount: decoder.restartCount(),
    };
  }

  #readStartAccepted(view: DataView, offset: number, length: number): ControlReply {
    const decoder = this.#startAccepted.wrapAndApplyHeader(view, offset, length);
    return {
      kind: "start-accepted",
      ...header(decoder),
      place: { stream: decoder.stream(), topic: decoder.topic(), partitionId: decoder.partitionId() },
      firstOffset: decoder.firstOffsetNumber(),
      instrumentId: decoder.instrumentId(),
      dataType: decoder.dataType(),
      resolution: decoder.resolution(),
      symbol: decoder.symbol(),
    };
  }

  #readStartManyAccepted(view: DataView, offset: number, length: number): ControlReply {
    const decoder = this.#startManyAccepted.wrapAndApplyHeader(view, offset, length);
    const head = header(decoder);
    const [stream, topic] = [decoder.stream(), decoder.topic()];
    const [dataType, resolution] = [decoder.dataType(), decoder.resolution()];
    const starts: StartAccepted[] = [];
    const entries = decoder.symbols();
    while (entries.hasNext()) {
      const entry = entries.next();
      starts.push({
        kind: "start-accepted",
        ...head,
        place: { stream, topic, partitionId: entry.partitionId() },
        firstOffset: entry.firstOffsetNumber(),
        instrumentId: entry.instrumentId(),
        dataType,
        resolution,
        symbol: entry.symbol(),
      });
    }
    return { kind: "start-many-accepted", ...head, starts };
  }

  #readRefused(view: DataView, offset: number, length: number): ControlReply {
    const decoder = this.#requestRefused.wrapAndApplyHeader(view, offset, length);
    return {
      kind: "refused",
      ...header(decoder),
      table: decoder.kind() === v2.RefusalKind.Client ? "client" : "data",
      code: decoder.code(),
      text: decoder.text(),
    };
  }
}

function header(decoder: { sessionId(): bigint; requestIdNumber(): number; requestType(): number }) {
  return {
    sessionId: decoder.sessionId(),
    requestId: decoder.requestIdNumber(),
    requestType: decoder.requestType(),
  };
}
