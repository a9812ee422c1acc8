import type { WireSession } from "./wire-session.js";

export type SessionHook = () => Promise<void>;

/** What the users of a client want done after every login, before sends go out. */
export class SessionHooks {
  private readonly hooks = new Set<SessionHook>();

  /** Returns a function that removes it. */
  add(hook: SessionHook): () => void {
    this.hooks.add(hook);
    return () => void this.hooks.delete(hook);
  }

  /** One after the other. Rejects with the first failure, or with the reason of the end when the session ends first. */
  async run(wire: WireSession): Promise<void> {
    for (const hook of this.hooks) {
      const end = await Promise.race([hook(), wire.ended]);
      if (end) throw end;
    }
    if (!wire.isOpen) throw await wire.ended;
  }
}
