import type { ExchangeId } from "@ims/common";
import type { FeedStatusFields, GapFields } from "@ims/traits";
import { Channel } from "./channels.js";
import { FeedEncoder, feedStatusBytes, GAP_BYTES, statusText } from "./feed-encoder.js";
import type { MessageIds } from "./message-ids.js";
import { privateReadersOf } from "./private-readers.js";
import type { RecordPublisher } from "./record-publisher.js";

/** Gaps told by the venue that wait for room; beyond them new ones are lost and counted. */
const WAITING_GAPS_MAX = 20_000;

/**
 * Publishes what is told about feeds: gaps and states. They are few and matter most when much goes wrong, so those that
 * find no room wait for it: gaps in order up to a number, of the states the last one of each feed.
 */
export class NoticePublishing {
  private readonly encoder: FeedEncoder;
  readonly #gaps: GapFields[] = [];
  readonly #statuses = new Map<string, FeedStatusFields>();

  constructor(
    exchange: ExchangeId,
    private readonly out: RecordPublisher,
    private readonly ids: MessageIds,
  ) {
    this.encoder = new FeedEncoder(exchange);
  }

  /** Notices that wait for room. */
  get waitingCount(): number {
    return this.#gaps.length + this.#statuses.size;
  }

  gap(gap: GapFields): void {
    if (this.#gaps.length === 0 && this.publishGap(gap)) return;
    if (this.#gaps.length < WAITING_GAPS_MAX) this.#gaps.push({ ...gap });
    else this.out.countLoss(Channel.Gaps, this.out.find(gap.instrumentId));
    this.out.onLoss();
  }

  status(status: FeedStatusFields): void {
    const key = `${status.instrumentId}:${status.dataType}:${status.resolution}`;
    this.#statuses.delete(key);
    if (this.publishStatus(status)) return;
    this.#statuses.set(key, { ...status });
    this.out.onLoss();
  }

  /** Publishes what waits, as far as there is room. */
  publishWaiting(): void {
    let published = 0;
    while (published < this.#gaps.length && this.publishGap(this.#gaps[published]!)) published++;
    this.#gaps.splice(0, published);
    for (const [key, status] of this.#statuses) {
      if (!this.publishStatus(status)) return;
      this.#statuses.delete(key);
    }
  }

  /** False when there is no room. */
  publishGap(gap: GapFields): boolean {
    const { out } = this;
    if (!out.begin(Channel.Gaps, gap.instrumentId, GAP_BYTES)) return false;
    try {
      this.encoder.gap(out.view, out.at, gap, out.instrument, out.now);
      out.end(this.ids.gap(gap), gap.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Gaps, 0, gap);
      return true;
    }
    const readers = privateReadersOf(out.instrument, gap.dataType, gap.resolution);
    if (readers) out.copyNotice(readers);
    return true;
  }

  private publishStatus(status: FeedStatusFields): boolean {
    const { out } = this;
    const text = statusText(status.text);
    if (!out.begin(Channel.FeedStatus, status.instrumentId, feedStatusBytes(text))) return false;
    try {
      this.encoder.feedStatus(out.view, out.at, status, text, out.instrument, out.now);
      out.end(this.ids.feedStatus(status), status.eventMicros);
    } catch (error) {
      out.failed(error, Channel.FeedStatus, 0, status);
      return true;
    }
    const readers = privateReadersOf(out.instrument, status.dataType, status.resolution);
    if (readers) out.copyNotice(readers);
    return true;
  }
}
