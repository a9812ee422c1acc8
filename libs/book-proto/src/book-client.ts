import { type ClientReadableStream, credentials, makeClientConstructor } from "@grpc/grpc-js";
import { BOOK_SERVICE, bookService } from "./book-service.js";
import type { SummaryMessage, SymbolMessage } from "./messages.js";

export const GRPC_ADDRESS_DEFAULT = "[::1]:9051";

export interface SummaryQuery {
  readonly symbol: string;
  /** 0 for the server's default. */
  readonly depth?: number;
  /** None for all that list the symbol. */
  readonly venues?: readonly string[];
}

interface Stub {
  BookSummary(query: SummaryQuery): ClientReadableStream<SummaryMessage>;
  Symbols(
    request: object,
    done: (error: Error | null, reply?: { symbols: readonly SymbolMessage[] }) => void,
  ): void;
  close(): void;
}

/** Asks an order-book service. Errors are those of gRPC: `code` and `details`. */
export class BookClient {
  readonly #stub: Stub;

  /** @param address `host:port`; an IPv6 host in brackets */
  constructor(address: string = GRPC_ADDRESS_DEFAULT) {
    const Client = makeClientConstructor(bookService, BOOK_SERVICE);
    this.#stub = new Client(address, credentials.createInsecure()) as unknown as Stub;
  }

  /** The merged book now and at each change, until `signal` aborts or the server ends it. */
  async *summaries(
    query: SummaryQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<SummaryMessage, void, undefined> {
    if (signal?.aborted) return;
    const stream = this.#stub.BookSummary(query);
    const cancel = () => stream.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      yield* stream as AsyncIterable<SummaryMessage>;
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
      stream.on("error", () => undefined);
      stream.cancel();
    }
  }

  symbols(): Promise<readonly SymbolMessage[]> {
    return new Promise((resolve, reject) => {
      this.#stub.Symbols({}, (error, reply) => (error ? reject(error) : resolve(reply?.symbols ?? [])));
    });
  }

  close(): void {
    this.#stub.close();
  }
}
