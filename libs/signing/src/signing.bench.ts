import { randomBytes, randomFillSync, randomInt } from "node:crypto";
import { BACKEND_NAMES, BACKEND_SCHEMES, type BackendName } from "./backends/backend.js";
import { DigestMaker } from "./engine/signed-message.js";
import { SigningEngine } from "./engine/signing-engine.js";
import { generateKey } from "./keys/key-sources.js";
import { MerkleTree } from "./merkle/merkle-tree.js";
import { SigningPool } from "./pool/signing-pool.js";
import { DIGEST_BYTES, SIGNATURE_BYTES, SIGNATURE_SCHEMES, type SignatureScheme } from "./schemes.js";

export interface SigningFigures {
  readonly scheme: SignatureScheme;
  readonly backend: BackendName;
  /** For all messages, hashing included: the median of the rounds. */
  readonly wallMillis: number;
  readonly processorMillis: number;
  /** One message: hashing and signing. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly verifyMicros: number;
}

export interface OpenFigures {
  readonly backend: BackendName;
  /** Loading it, compiling included. */
  readonly openMillis: number;
  /** The first signature behind that, and one when the engine comes back to it later. */
  readonly firstMillis: number;
  readonly laterMillis: number;
}

export interface SwitchFigures {
  readonly scheme: SignatureScheme;
  readonly backends: string;
  /** For each message, its backend drawn at random. */
  readonly millisPerMessage: number;
  readonly worstMillis: number;
}

export interface WorkerFigures {
  readonly scheme: SignatureScheme;
  readonly backend: BackendName;
  readonly oneWorkerMillis: number;
  readonly twoWorkersMillis: number;
  readonly timesFaster: number;
}

export interface MerkleFigures {
  readonly messageBytes: number;
  /** Leaves, tree and signature of the root, in batches of 4,096, by processor time of one thread. */
  readonly messagesPerSecond: number;
  readonly wallMessagesPerSecond: number;
}

const MESSAGE_BYTES = 160;
const MERKLE_BATCH = 4_096;

/** Sorts. */
function quantile(values: number[], part: number): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
const messagesOf = (count: number, length: number) =>
  Array.from({ length: count }, () => randomBytes(length));

/** A switch to a backend that was not loaded yet, and to one that was: ECDSA. Worth something at the start of a process. */
export function benchOpening(): OpenFigures[] {
  const key = generateKey("ecdsa");
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const digest = new Uint8Array(randomBytes(DIGEST_BYTES));
  const millisOf = (work: () => void) => {
    const start = performance.now();
    work();
    return round(performance.now() - start, 2);
  };
  const figures = BACKEND_NAMES.map((backend) => {
    let engine: SigningEngine | undefined;
    const openMillis = millisOf(() => {
      engine = new SigningEngine({ backends: [backend] });
    });
    const sign = () => engine!.sign(key, digest, signature);
    const firstMillis = millisOf(sign);
    for (let count = 0; count < 100; count++) sign();
    const laterMillis = millisOf(() => {
      engine!.use(backend);
      sign();
    });
    engine!.close();
    return { backend, openMillis, firstMillis, laterMillis };
  });
  key.dispose();
  return figures;
}

/** Each scheme with each backend that has it, on this thread. */
export function benchSchemes(messageCount: number, rounds: number): SigningFigures[] {
  const engine = new SigningEngine({ backends: BACKEND_NAMES });
  const messages = messagesOf(messageCount, MESSAGE_BYTES);
  const figures = SIGNATURE_SCHEMES.flatMap((scheme) =>
    BACKEND_NAMES.filter((backend) => BACKEND_SCHEMES[backend].includes(scheme)).map((backend) => {
      engine.use(backend);
      return schemeFigures(engine, scheme, messages, rounds);
    }),
  );
  engine.close();
  return figures;
}

function schemeFigures(
  engine: SigningEngine,
  scheme: SignatureScheme,
  messages: readonly Buffer[],
  rounds: number,
): SigningFigures {
  const key = generateKey(scheme);
  const maker = new DigestMaker();
  const digest = Buffer.alloc(DIGEST_BYTES);
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const [walls, processors, singles, verifications]: number[][] = [[], [], [], []];
  for (let index = 0; index <= rounds; index++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (const message of messages) {
      const before = performance.now();
      maker.digest(message, digest);
      engine.sign(key, digest, signature);
      if (index > 0) singles!.push((performance.now() - before) * 1_000);
    }
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const before = performance.now();
    const verifyCount = Math.ceil(messages.length / 8);
    for (let count = 0; count < verifyCount; count++) engine.verify(scheme, key.publicKey, digest, signature);
    // The first round is the warm-up.
    if (index === 0) continue;
    verifications!.push(((performance.now() - before) * 1_000) / verifyCount);
    walls!.push(wall);
    processors!.push((user + system) / 1_000);
  }
  key.dispose();
  return {
    scheme,
    backend: engine.backend,
    wallMillis: round(quantile(walls!, 0.5), 1),
    processorMillis: round(quantile(processors!, 0.5), 1),
    p50Micros: round(quantile(singles!, 0.5), 1),
    p99Micros: round(quantile(singles!, 0.99), 1),
    verifyMicros: round(quantile(verifications!, 0.5), 1),
  };
}

/** A backend drawn at random for each message. */
export function benchSwitches(messageCount: number, rounds: number): SwitchFigures[] {
  const engine = new SigningEngine({ backends: BACKEND_NAMES });
  const figures = SIGNATURE_SCHEMES.flatMap((scheme) => {
    const all = BACKEND_NAMES.filter((backend) => BACKEND_SCHEMES[backend].includes(scheme));
    const compiled = all.filter((backend) => backend !== "js");
    const sets = compiled.length > 1 ? [all, compiled] : [all];
    return sets.map((backends) => switchFigures(engine, scheme, backends, messageCount, rounds));
  });
  engine.close();
  return figures;
}

function switchFigures(
  engine: SigningEngine,
  scheme: SignatureScheme,
  backends: readonly BackendName[],
  messageCount: number,
  rounds: number,
): SwitchFigures {
  const key = generateKey(scheme);
  const digests = randomBytes(messageCount * DIGEST_BYTES);
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const means: number[] = [];
  let worstMillis = 0;
  for (let index = 0; index <= rounds; index++) {
    const start = performance.now();
    for (let message = 0; message < messageCount; message++) {
      const before = performance.now();
      engine.use(backends[randomInt(backends.length)]!);
      engine.sign(key, digests.subarray(message * DIGEST_BYTES, (message + 1) * DIGEST_BYTES), signature);
      if (index > 0) worstMillis = Math.max(worstMillis, performance.now() - before);
    }
    if (index > 0) means.push((performance.now() - start) / messageCount);
  }
  key.dispose();
  const millisPerMessage = round(quantile(means, 0.5), 3);
  return { scheme, backends: backends.join(" "), millisPerMessage, worstMillis: round(worstMillis, 2) };
}

/** One worker and two, through their rings. Worth what the machine has of idle cores. */
export async function benchWorkers(
  messageCount: number,
  rounds: number,
  backends: readonly BackendName[] = BACKEND_NAMES,
): Promise<WorkerFigures[]> {
  const figures: WorkerFigures[] = [];
  for (const scheme of SIGNATURE_SCHEMES) {
    for (const backend of backends) {
      if (!BACKEND_SCHEMES[backend].includes(scheme)) continue;
      const one = await workersMillis(scheme, backend, 1, messageCount, rounds);
      const two = await workersMillis(scheme, backend, 2, messageCount, rounds);
      figures.push({
        scheme,
        backend,
        oneWorkerMillis: round(one, 1),
        twoWorkersMillis: round(two, 1),
        timesFaster: round(one / two, 2),
      });
    }
  }
  return figures;
}

async function workersMillis(
  scheme: SignatureScheme,
  backend: BackendName,
  workers: number,
  messageCount: number,
  rounds: number,
): Promise<number> {
  const key = generateKey(scheme);
  const pool = await SigningPool.open({ keys: [key], backends: [backend], workers });
  try {
    const digests = new Uint8Array(randomBytes(messageCount * DIGEST_BYTES));
    const signatures = new Uint8Array(messageCount * SIGNATURE_BYTES);
    const walls: number[] = [];
    for (let index = 0; index <= rounds; index++) {
      const start = performance.now();
      await pool.sign(0, digests, signatures);
      if (index > 0) walls.push(performance.now() - start);
    }
    return quantile(walls, 0.5);
  } finally {
    await pool.close();
    key.dispose();
  }
}

/** Messages authenticated by the signatures of Merkle roots. */
export function benchMerkle(messageCount: number, rounds: number): MerkleFigures[] {
  return [64, MESSAGE_BYTES, 400].map((messageBytes) => {
    const engine = new SigningEngine({ backends: ["native"] });
    const key = generateKey("schnorr");
    const tree = new MerkleTree(MERKLE_BATCH);
    const messages = Array.from({ length: MERKLE_BATCH }, () => new Uint8Array(messageBytes));
    for (const message of messages) randomFillSync(message);
    const signature = new Uint8Array(SIGNATURE_BYTES);
    const batches = Math.max(1, Math.floor(messageCount / MERKLE_BATCH));
    const [walls, processors]: number[][] = [[], []];
    for (let index = 0; index <= rounds; index++) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      for (let batch = 0; batch < batches; batch++) {
        tree.clear();
        for (const message of messages) tree.add(message);
        engine.sign(key, tree.root(), signature);
      }
      const { user, system } = process.cpuUsage(cpu);
      if (index === 0) continue;
      walls!.push((performance.now() - start) * 1_000);
      processors!.push(user + system);
    }
    engine.close();
    key.dispose();
    const perSecond = (micros: number[]) =>
      Math.round((batches * MERKLE_BATCH * 1e6) / quantile(micros, 0.5));
    return {
      messageBytes,
      messagesPerSecond: perSecond(processors!),
      wallMessagesPerSecond: perSecond(walls!),
    };
  });
}
