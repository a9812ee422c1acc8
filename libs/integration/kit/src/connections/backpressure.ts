import type { MarketDataSink } from "@ims/traits";

/** Stops all reading while the sink has no room, and starts it again when it has. */
export class Backpressure {
  #active = false;

  constructor(
    private readonly sink: MarketDataSink,
    private readonly pauseAll: () => void,
    private readonly resumeAll: () => void,
  ) {}

  /** Whether reading is stopped now; new connections begin so. */
  get isActive(): boolean {
    return this.#active;
  }

  /** To be called after each frame. */
  check(): void {
    if (this.sink.accepting || this.#active) return;
    this.#active = true;
    this.pauseAll();
    const resume = () => {
      this.#active = false;
      this.resumeAll();
    };
    // A sink that fails to say when is asked again with the next frame.
    this.sink.whenAccepting().then(resume, resume);
  }
}
