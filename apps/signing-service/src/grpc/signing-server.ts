import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { healthProto } from "@ims/book-proto";
import type { Clock } from "@ims/common";
import { SIGNING_REQUEST_BYTES_MAX, signingService } from "@ims/signing-proto";
import { fail } from "../errors.js";
import { HealthCalls } from "./health-calls.js";
import type { SigningCalls } from "./signing-calls.js";

/** How long calls under way may take when the service stops. */
const SHUTDOWN_MILLIS = 2_000;
const STREAMS_MAX = 100;

/** The gRPC server of the signing service, with health. */
export class SigningServer {
  readonly #server = new Server({
    "grpc.max_receive_message_length": SIGNING_REQUEST_BYTES_MAX,
    "grpc.max_concurrent_streams": STREAMS_MAX,
  });
  readonly #health = new HealthCalls();

  constructor(
    private readonly calls: SigningCalls,
    private readonly clock: Clock,
  ) {
    const { publicKeys, sign, status, switchBackend, verify } = calls;
    this.#server.addService(signingService, {
      Sign: sign,
      Verify: verify,
      PublicKeys: publicKeys,
      SwitchBackend: switchBackend,
      Status: status,
    } as unknown as UntypedServiceImplementation);
    this.#server.addService(healthProto.service("grpc.health.v1.Health"), {
      Check: this.#health.check,
      Watch: this.#health.watch,
    } as unknown as UntypedServiceImplementation);
  }

  /**
   * Listens on `host:port`, port 0 for any free one; resolves with the port.
   * @throws ImsError `signing-service.address`
   */
  listen(address: string): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(fail("signing-service.address", `cannot listen on ${address}`, { cause: error }));
        else resolve(port);
      });
    });
  }

  /** Takes no more calls and lets those under way end, at most two seconds long. */
  async close(): Promise<void> {
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
    this.calls.close();
  }
}
