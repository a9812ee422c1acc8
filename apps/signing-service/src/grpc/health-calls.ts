import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import { SIGNING_SERVICE } from "@ims/signing-proto";

interface HealthRequest {
  readonly service: string;
}
interface HealthReply {
  readonly status: "SERVING" | "SERVICE_UNKNOWN";
}

const WATCHES_MAX = 100;

/** `grpc.health.v1` of the server (an empty name) and of the service Signing, which serves from its first to its last moment. */
export class HealthCalls {
  readonly #watches = new Set<ServerWritableStream<HealthRequest, HealthReply>>();

  readonly check = (
    { request }: ServerUnaryCall<HealthRequest, HealthReply>,
    reply: sendUnaryData<HealthReply>,
  ): void => {
    if (isKnown(request.service)) reply(null, { status: "SERVING" });
    else
      reply({
        code: status.NOT_FOUND,
        details: `there is no service of this name; there is ${SIGNING_SERVICE}`,
      });
  };

  readonly watch = (call: ServerWritableStream<HealthRequest, HealthReply>): void => {
    if (this.#watches.size >= WATCHES_MAX) {
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: "as many watches as may be are open" });
      return;
    }
    const leave = () => this.#watches.delete(call);
    call.on("cancelled", leave);
    call.on("close", leave);
    call.on("error", leave);
    this.#watches.add(call);
    call.write({ status: isKnown(call.request.service) ? "SERVING" : "SERVICE_UNKNOWN" });
  };

  endAll(): void {
    for (const call of this.#watches) call.end();
  }
}

function isKnown(service: string): boolean {
  return service === "" || service === SIGNING_SERVICE;
}
