import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { IggyErrorCode } from "@ims/iggy-protocol";
import { statusRefusal } from "../handlers/refusal.js";
import { hashPassword, type PasswordCost, verifyPassword } from "./password-hash.js";

/** The disk shares the thread pool of four with the hashes. */
const RUNNING_MAX = 2;
const REMEMBERED_MAX = 1024;

/**
 * Hashes and checks passwords beside the main loop, two at a time. A password that was right is remembered as a keyed
 * digest in memory, so that the next login with it is cheap; a wrong one costs the whole work every time, also for a
 * user that does not exist.
 */
export class PasswordChecker {
  private readonly key = randomBytes(32);
  /** Stored hash to digest of the password that it was made of, used longest ago first. */
  private readonly remembered = new Map<string, Buffer>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  /** Stands for the hash of users that do not exist. */
  private decoy: string | undefined;

  /** @param waitingMax checks that may wait for their turn; more are refused */
  constructor(
    private readonly cost: PasswordCost,
    private readonly waitingMax: number,
  ) {}

  /** @throws Refusal (rejected) status 58 when too many are waiting */
  async hash(password: string): Promise<string> {
    const stored = await this.inTurn(() => hashPassword(password, this.cost));
    this.remember(stored, password);
    return stored;
  }

  /**
   * @param stored undefined for a user that does not exist: never matches, and takes as long
   * @throws Refusal (rejected) status 58 when too many are waiting
   */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const known = stored === undefined ? undefined : this.remembered.get(stored);
    if (known !== undefined && timingSafeEqual(known, this.digest(password))) return true;
    const isRight = await this.inTurn(async () =>
      verifyPassword(password, stored ?? (await this.decoyHash())),
    );
    if (stored === undefined || !isRight) return false;
    this.remember(stored, password);
    return true;
  }

  private async decoyHash(): Promise<string> {
    this.decoy ??= await hashPassword("", this.cost);
    return this.decoy;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= RUNNING_MAX) {
      if (this.waiting.length >= this.waitingMax) throw statusRefusal(IggyErrorCode.TransientNotAccepted);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running++;
    try {
      return await work();
    } finally {
      // The place goes to the next in line without ever being free.
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  private remember(stored: string, password: string): void {
    this.remembered.delete(stored);
    this.remembered.set(stored, this.digest(password));
    if (this.remembered.size <= REMEMBERED_MAX) return;
    for (const oldest of this.remembered.keys()) {
      this.remembered.delete(oldest);
      return;
    }
  }

  private digest(password: string): Buffer {
    return createHmac("sha256", this.key).update(password).digest();
  }
}
