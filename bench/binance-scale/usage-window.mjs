const SAMPLE_MILLIS = 200;

/** Processor time and memory of this process between two calls. */
export class UsageWindow {
  #begun = { at: performance.now(), cpu: process.cpuUsage() };
  #rssBytesMax = 0;
  #sampling = setInterval(() => {
    this.#rssBytesMax = Math.max(this.#rssBytesMax, process.memoryUsage.rss());
  }, SAMPLE_MILLIS);

  begin() {
    this.#rssBytesMax = process.memoryUsage.rss();
    this.#begun = { at: performance.now(), cpu: process.cpuUsage() };
  }

  read() {
    const seconds = (performance.now() - this.#begun.at) / 1000;
    const { user, system } = process.cpuUsage(this.#begun.cpu);
    return { seconds, cores: (user + system) / 1e6 / seconds, rssBytesMax: this.#rssBytesMax };
  }

  end() {
    clearInterval(this.#sampling);
  }
}
