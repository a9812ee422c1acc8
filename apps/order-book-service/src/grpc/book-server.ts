import { BOOK_SERVICE, bookProto, bookService } from "@ims/book-proto";
import type { Clock } from "@ims/common";
import { GrpcHost } from "@ims/grpc-host";
import type { IntegrationLogger } from "@ims/traits";
import type { BookHub } from "../hub/book-hub.js";
import { BookCalls } from "./book-calls.js";

/** Requests are small; a larger one is refused by the library. */
const REQUEST_BYTES_MAX = 64 * 1024;

/** The gRPC server of merged books, with health and reflection. */
export class BookServer {
  readonly #host: GrpcHost;
  readonly calls: BookCalls;

  constructor(
    private readonly hub: BookHub,
    clock: Clock,
    logger: IntegrationLogger,
  ) {
    const calls = new BookCalls(hub);
    this.calls = calls;
    this.#host = new GrpcHost({
      service: {
        name: BOOK_SERVICE,
        proto: bookProto,
        definition: bookService,
        methods: { BookSummary: calls.bookSummary, Symbols: calls.symbols },
        endAll: () => calls.endAll(),
      },
      setting: "GRPC_ADDR",
      requestBytesMax: REQUEST_BYTES_MAX,
      clock,
      logger,
    });
  }

  /** On which it listens. */
  get port(): number {
    return this.#host.port;
  }

  /**
   * Listens on `host:port`, port 0 for any free one.
   * @throws ImsError `grpc.address`
   */
  async listen(address: string): Promise<void> {
    await this.#host.listen(address);
    if (this.hub.isReady) this.#host.setServing(true);
    else this.hub.onReady(() => this.#host.setServing(true));
  }

  /** Ends all streams with their reason, then the connections, at the latest after two seconds. */
  close(): Promise<void> {
    return this.#host.close();
  }
}
