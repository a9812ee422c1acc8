import { BACKEND_SCHEMES, type SigningKey, SigningPool } from "@ims/signing";
import type { Companion, CompanionHost, MetricsText, ProcessorChoice } from "@ims/template";
import { fail } from "./errors.js";
import { CallerCheck } from "./grpc/caller-check.js";
import { SigningCalls } from "./grpc/signing-calls.js";
import { SigningServer } from "./grpc/signing-server.js";
import { readKey } from "./read-key.js";
import { Signer } from "./signer.js";
import { SigningProcessor } from "./signing-processor.js";
import type { SigningSettings } from "./signing-settings.js";

/**
 * What the template runs: a processor that signs, and beside it the workers and the gRPC service.
 * @throws ImsError for settings that do not go together, and for a key that is missing or open to others
 */
export function signingService(
  settings: SigningSettings,
  environment: NodeJS.ProcessEnv = process.env,
): ProcessorChoice {
  const { backend, backends, grpcAddress, grpcToken, keyFile, scheme, signName, sources, start } = settings;
  if (!backends.includes(backend) || !BACKEND_SCHEMES[backend].includes(scheme)) {
    const able = backends.filter((name) => BACKEND_SCHEMES[name].includes(scheme));
    const detail = `the backend ${backend} cannot sign ${scheme} here; of those in IMS_SIGN_BACKENDS ${able.join(", ") || "none"} can`;
    throw fail("signing-service.bad-setting", detail);
  }
  const callers = new CallerCheck(grpcAddress, grpcToken);
  const key = readKey(scheme, keyFile, environment);
  let signer: Signer | undefined;
  const processor = new SigningProcessor(signName, settings, () => {
    if (!signer) throw new Error("a task was made before the companion had begun");
    return signer;
  });
  return {
    processor,
    sources,
    start,
    async companion(host): Promise<Companion> {
      const pool = await openPool(settings, key, host);
      signer = new Signer(key, backends, pool);
      const calls = new SigningCalls(signer, callers, host.logger);
      const server = new SigningServer(calls, host.clock, host.logger);
      try {
        const port = await server.listen(grpcAddress);
        const { keyId } = key;
        host.logger.info({ port, keyId, scheme, backend, mode: settings.mode }, "signing over gRPC");
        return new SigningCompanion(settings, signer, pool, server, calls, port);
      } catch (error) {
        await pool.close();
        key.dispose();
        throw error;
      }
    },
  };
}

async function openPool(
  { backend, backends, workers }: SigningSettings,
  key: SigningKey,
  { clock, logger }: CompanionHost,
): Promise<SigningPool> {
  try {
    return await SigningPool.open({
      keys: [key],
      backends,
      use: backend,
      workers,
      clock,
      // The same records have to give the same outputs after a restart.
      isDeterministic: true,
      onDeath: (reason) => logger.error({ reason }, "a signing worker died and is replaced"),
    });
  } catch (error) {
    key.dispose();
    throw error;
  }
}

/** The workers and the gRPC service beside the tasks. */
class SigningCompanion implements Companion {
  constructor(
    private readonly settings: SigningSettings,
    private readonly signer: Signer,
    private readonly pool: SigningPool,
    private readonly server: SigningServer,
    private readonly calls: SigningCalls,
    private readonly port: number,
  ) {}

  metrics(text: MetricsText): void {
    const { available, backend, signatureCount, switchCount, waiting, workerDeaths } = this.signer;
    text.counter("signing_signatures", "Signatures made.", signatureCount);
    text.counter("signing_backend_switches", "Switches of the backend.", switchCount);
    text.counter("signing_worker_deaths", "Workers that died and were replaced.", workerDeaths);
    text.counter("signing_calls_refused", "Calls that were refused.", this.calls.refusedCount);
    text.gauge("signing_waiting", "Messages that wait for signatures.", waiting);
    const inUse = available.map((name) => [{ backend: name }, name === backend ? 1 : 0] as const);
    text.gauge("signing_backend", "1 for the backend in use.", inUse);
  }

  status(): object {
    const { available, backend, key, signatureCount, switchCount, waiting, workerDeaths } = this.signer;
    const { mode, scheme } = this.settings;
    return {
      grpcPort: this.port,
      mode,
      scheme,
      keyId: key.keyId,
      publicKey: Buffer.from(key.publicKey).toString("hex"),
      backend,
      available,
      signatures: signatureCount,
      switches: switchCount,
      waiting,
      workerDeaths,
    };
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.pool.close();
    this.signer.key.dispose();
  }
}
