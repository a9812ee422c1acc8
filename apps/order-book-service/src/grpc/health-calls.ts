import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import { BOOK_SERVICE } from "@ims/book-proto";

interface HealthRequest {
  readonly service: string;
}
interface HealthReply {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}
type WatchCall = ServerWritableStream<HealthRequest, HealthReply>;

const WATCHES_MAX = 1000;

/** `grpc.health.v1`: of the whole server (an empty name) and of the service OrderBooks. */
export class HealthCalls {
  #isServing = false;
  readonly #watches = new Map<WatchCall, HealthReply["status"]>();

  readonly check = (
    { request }: ServerUnaryCall<HealthRequest, HealthReply>,
    reply: sendUnaryData<HealthReply>,
  ): void => {
    const state = this.#stateOf(request.service);
    if (state === "SERVICE_UNKNOWN") {
      reply({
        code: status.NOT_FOUND,
        details: `there is no service of this name; there is ${BOOK_SERVICE}`,
      });
    } else reply(null, { status: state });
  };

  readonly watch = (call: WatchCall): void => {
    if (this.#watches.size >= WATCHES_MAX) {
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: "as many watches as may be are open" });
      return;
    }
    const leave = () => this.#watches.delete(call);
    call.on("cancelled", leave);
    call.on("close", leave);
    call.on("error", leave);
    const state = this.#stateOf(call.request.service);
    this.#watches.set(call, state);
    call.write({ status: state });
  };

  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    for (const [call, before] of this.#watches) {
      const state = this.#stateOf(call.request.service);
      if (state === before) continue;
      this.#watches.set(call, state);
      call.write({ status: state });
    }
  }

  endAll(): void {
    for (const call of this.#watches.keys()) call.end();
  }

  #stateOf(service: string): HealthReply["status"] {
    if (service !== "" && service !== BOOK_SERVICE) return "SERVICE_UNKNOWN";
    return this.#isServing ? "SERVING" : "NOT_SERVING";
  }
}
