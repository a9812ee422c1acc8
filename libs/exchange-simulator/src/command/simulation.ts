/** A simulator that the command has started. */
export interface Simulation {
  /** Its addresses, and the settings that point a service at it. */
  readonly greeting: string;
  /** Resolves with what is to be said when all was sent that there is; rejects if that cannot be. Default: never. */
  readonly sent?: Promise<string>;
  close(): Promise<void>;
}
