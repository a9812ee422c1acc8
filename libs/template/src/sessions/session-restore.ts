import type { Clock, Logger } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLIENT, CLOCK, LOGGER, LOGIN_POLICY } from "../service/tokens.js";
import type { Feed } from "../subscriptions/feed.js";
import { CONFIGURATION_CLIENT_ID, SubscriptionTable } from "../subscriptions/subscription-table.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { ClientSession } from "./client-session.js";
import { readHeardTimes } from "./heard-times.js";
import type { KeptState } from "./kept-state.js";
import type { LoginPolicy } from "./login-policy.js";
import { SessionRegistry } from "./session-registry.js";
import { StateKeeper } from "./state-keeper.js";
import type { KeptSession } from "./state-record.js";

/** What an earlier run of the service left. */
export interface RestoredState {
  readonly sessionCount: number;
  /** Feeds that ran, for clients whose sessions go on or by configuration. */
  readonly feeds: readonly Feed[];
  /** Feeds that ran for clients that were silent too long. They may come back and go on where they were. */
  readonly lapsed: readonly Feed[];
}

const SILENT = "the client was not heard in its time";

/**
 * Takes over the sessions and subscriptions that an earlier run of the service left in the broker. A session goes on
 * under its id if its client was heard within its time, also while nobody listened, and is still admitted by what it
 * was admitted by; other sessions end as by a logout.
 */
@scoped(Lifecycle.ContainerScoped)
export class SessionRestore {
  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "poll">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(StateKeeper) private readonly keeper: StateKeeper,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(LOGIN_POLICY) private readonly policy: LoginPolicy,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Once, before the first request is handled. Rejects, with nothing taken over, while the broker cannot be asked. */
  async restore(): Promise<RestoredState> {
    const state = await this.keeper.load();
    const sinceMicros = this.clock.nowMicros() - this.sessions.limits.expiryMillis * 1000;
    const heard = await readHeardTimes(this.client, this.topology, state.sessions, sinceMicros);
    const lapsed: Feed[] = [];
    for (const kept of state.sessions) {
      const micros = Math.max(kept.heardMicros, heard.get(kept.identity.clientId) ?? 0);
      const reason = this.#reasonToEnd(kept, micros);
      if (reason === undefined) this.#takeOver(kept, micros, state);
      else {
        const { clientId } = kept.identity;
        this.logger.info({ clientId, reason }, "session not taken over");
        if (reason === SILENT) lapsed.push(...state.subscriptionsOf(clientId).map(({ feed }) => feed));
      }
    }
    this.keeper.start();
    const configured = state.subscriptionsOf(CONFIGURATION_CLIENT_ID).map(({ feed }) => feed);
    const feeds = [...this.subscriptions.wantedFeeds(), ...configured];
    const sessionCount = this.sessions.size;
    if (state.number >= 0) {
      const subscriptions = this.subscriptions.subscriptionCount;
      this.logger.info({ sessions: sessionCount, subscriptions }, "sessions of before the restart go on");
    }
    return { sessionCount, feeds, lapsed };
  }

  #reasonToEnd({ identity, fingerprint }: KeptSession, heardMicros: number): string | undefined {
    const { clientId, generation } = identity;
    const grant = this.policy.grantOf(clientId, generation);
    if (!grant || (generation === 1 && !this.policy.admitsVersion1))
      return "the client is not admitted any more";
    if (grant.fingerprint !== fingerprint) return "the client's token was changed";
    const silentMillis = (this.clock.nowMicros() - heardMicros) / 1000;
    const isSilent = silentMillis >= this.sessions.expiryMillisOf(generation);
    return isSilent ? SILENT : undefined;
  }

  #takeOver(kept: KeptSession, heardMicros: number, state: KeptState): void {
    const { identity, sessionId, restartCount } = kept;
    const { clientId, generation } = identity;
    const silentMillis = Math.max(0, (this.clock.nowMicros() - heardMicros) / 1000);
    const heardMillis = this.clock.monotonicMillis() - silentMillis;
    this.sessions.restore(new ClientSession(identity, sessionId, heardMillis, restartCount + 1));
    const granted = this.policy.grantOf(clientId, generation)?.dataTypes;
    for (const { feed, delivery } of state.subscriptionsOf(clientId)) {
      if (granted && !granted.has(feed.dataType)) continue;
      this.subscriptions.add({ clientId, feed, delivery, generation });
    }
  }
}
