import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import { onCallEnd } from "./call-end.js";

interface HealthRequest {
  readonly service: string;
}
interface HealthReply {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}
type WatchCall = ServerWritableStream<HealthRequest, HealthReply>;

const WATCHES_MAX = 1000;

/** `grpc.health.v1`: of the whole server (an empty name) and of each of its services, which serve together. */
export class HealthCalls {
  #isServing = false;
  readonly #watches = new Map<WatchCall, HealthReply["status"]>();

  /** @param services full names */
  constructor(
    private readonly services: readonly string[],
    private readonly watchesMax = WATCHES_MAX,
  ) {}

  readonly check = (
    { request }: ServerUnaryCall<HealthRequest, HealthReply>,
    reply: sendUnaryData<HealthReply>,
  ): void => {
    const state = this.#stateOf(request.service);
    if (state === "SERVICE_UNKNOWN") {
      const details = `there is no service of this name; there is ${this.services.join(", ")}`;
      reply({ code: status.NOT_FOUND, details });
    } else reply(null, { status: state });
  };

  readonly watch = (call: WatchCall): void => {
    if (this.#watches.size >= this.watchesMax) {
      const details = "as many watches as may be are open; try again later";
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details });
      return;
    }
    onCallEnd(call, () => this.#watches.delete(call));
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
    if (service !== "" && !this.services.includes(service)) return "SERVICE_UNKNOWN";
    return this.#isServing ? "SERVING" : "NOT_SERVING";
  }
}
