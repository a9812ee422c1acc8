import { TradeFrames } from "./trade-frames.mjs";

/** Frames handed over in one turn of the event loop, as if one read had brought them. */
const TURN_COUNT = 512;

/**
 * A connector whose sockets give frames from memory as fast as they are taken. Nothing flows before `begin`.
 * @returns {{ dial: Function, begin(): void, sent(): number }}
 */
export function memoryWire(symbols) {
  const frames = new TradeFrames(symbols, TURN_COUNT);
  let wire;
  let flows = false;
  let sentCount = 0;

  const pump = () => {
    if (!wire?.isOpen || wire.isPaused || !flows) return;
    const { events } = wire;
    // Times stay those of the start: nobody measures latency here, and writing them costs as much as a part measured.
    for (let index = 0; index < TURN_COUNT; index++) frames.nextId(index);
    events.onRead();
    for (let index = 0; index < TURN_COUNT; index++) events.onMessage(frames.frame(index).view);
    sentCount += TURN_COUNT;
    setImmediate(pump);
  };

  return {
    sent: () => sentCount,
    begin() {
      flows = true;
      pump();
    },
    dial(_url, _frameBytesMax, events) {
      const own = {
        events,
        isOpen: false,
        isPaused: false,
        send(text) {
          const { id } = JSON.parse(text);
          setImmediate(() => events.onMessage(Buffer.from(JSON.stringify({ result: null, id }))));
        },
        ping: () => setImmediate(() => events.onSign()),
        pause() {
          own.isPaused = true;
        },
        resume() {
          if (!own.isPaused) return;
          own.isPaused = false;
          setImmediate(pump);
        },
        terminate() {
          if (!own.isOpen) return;
          own.isOpen = false;
          setImmediate(() => events.onClosed(1006));
        },
      };
      wire = own;
      setImmediate(() => {
        own.isOpen = true;
        events.onOpen();
      });
      return own;
    },
  };
}
