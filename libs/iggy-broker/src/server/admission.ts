import type { Socket } from "node:net";

export interface AdmissionLimits {
  readonly connectionCountMax: number;
  readonly addressConnectionCountMax: number;
}

/** Counts open sockets, in all and by address, from their arrival to their close. */
export class Admission {
  private readonly byAddress = new Map<string, number>();
  private openCount = 0;

  constructor(private readonly limits: AdmissionLimits) {}

  /** Counts the socket in, or names the bound that it would exceed. */
  admit(socket: Socket): keyof AdmissionLimits | undefined {
    const { connectionCountMax, addressConnectionCountMax } = this.limits;
    const { remoteAddress = "" } = socket;
    const count = this.byAddress.get(remoteAddress) ?? 0;
    if (this.openCount >= connectionCountMax) return "connectionCountMax";
    if (count >= addressConnectionCountMax) return "addressConnectionCountMax";
    this.openCount++;
    this.byAddress.set(remoteAddress, count + 1);
    socket.once("close", () => this.leave(remoteAddress));
    return undefined;
  }

  private leave(address: string): void {
    this.openCount--;
    const left = this.byAddress.get(address)! - 1;
    if (left > 0) this.byAddress.set(address, left);
    else this.byAddress.delete(address);
  }
}
