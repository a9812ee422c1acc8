import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { bookService, healthProto, reflectionProto } from "@ims/book-proto";
import type { Clock } from "@ims/common";
import type { BookHub } from "../hub/book-hub.js";
import { BookCalls } from "./book-calls.js";
import { HealthCalls } from "./health-calls.js";
import { type Listener, listen } from "./listener.js";
import { reflectionInfo } from "./reflection-calls.js";

/** How long clients are given to take the end of their streams. */
const SHUTDOWN_MILLIS = 2000;
/** Requests are small; a larger one is refused by the library. */
const REQUEST_BYTES_MAX = 64 * 1024;

/** The gRPC server of merged books, with health and reflection. */
export class BookServer {
  readonly #server = new Server({ "grpc.max_receive_message_length": REQUEST_BYTES_MAX });
  readonly #health = new HealthCalls();
  readonly calls: BookCalls;
  #listener: Listener | undefined;

  constructor(
    private readonly hub: BookHub,
    private readonly clock: Clock,
  ) {
    this.calls = new BookCalls(hub);
    const { calls } = this;
    this.#add(bookService, { BookSummary: calls.bookSummary, Symbols: calls.symbols });
    this.#add(healthProto.service("grpc.health.v1.Health"), {
      Check: this.#health.check,
      Watch: this.#health.watch,
    });
    this.#add(reflectionProto.service("grpc.reflection.v1.ServerReflection"), {
      ServerReflectionInfo: reflectionInfo,
    });
  }

  /** On which it listens. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /**
   * Listens on `host:port`, port 0 for any free one.
   * @throws ImsError `book-service.address`
   */
  async listen(address: string): Promise<void> {
    const connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listener = await listen(address, (socket) => connections.injectConnection(socket));
    if (this.hub.isReady) this.#health.setServing(true);
    else this.hub.onReady(() => this.#health.setServing(true));
  }

  /** Ends all streams with their reason, then the connections, at the latest after two seconds. */
  async close(): Promise<void> {
    this.#health.setServing(false);
    this.#listener?.close();
    this.calls.endAll();
    this.#health.endAll();
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimer(SHUTDOWN_MILLIS, () => {
        this.#server.forceShutdown();
        resolve();
      });
      this.#server.tryShutdown(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #add(definition: Parameters<Server["addService"]>[0], methods: object): void {
    this.#server.addService(definition, methods as UntypedServiceImplementation);
  }
}
