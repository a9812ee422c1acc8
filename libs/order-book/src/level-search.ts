/**
 * Finds keys in an array of levels whose first two words are a key, low then high, rising strictly. It begins where the
 * last search ended: the levels of one change are sorted and near each other, so most searches take a few steps.
 */
export class LevelSearch {
  /** Level found by {@link find}, or where the key belongs. */
  at = 0;

  /** @param stride words of one level */
  constructor(readonly stride: number) {}

  /** True if the key is among the `count` levels; sets {@link at} to it, or to the first level with a larger key. */
  find(words: Int32Array, count: number, keyLo: number, keyHi: number): boolean {
    const stride = this.stride;
    let low = 0;
    let high = count;
    let probe = this.at < count ? this.at : count - 1;
    // Doubling steps away from the last place until the key is enclosed by low and high.
    for (let step = 1; low < high; step *= 2) {
      const hi = words[probe * stride + 1]!;
      const lo = words[probe * stride]!;
      if (hi === keyHi && lo === keyLo) {
        this.at = probe;
        return true;
      }
      if (hi < keyHi || (hi === keyHi && lo < keyLo)) {
        low = probe + 1;
        if (high < count) break;
        probe += step;
        if (probe >= count) break;
      } else {
        high = probe;
        if (low > 0) break;
        probe -= step;
        if (probe < 0) break;
      }
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const hi = words[middle * stride + 1]!;
      const lo = words[middle * stride]!;
      if (hi < keyHi || (hi === keyHi && lo < keyLo)) {
        low = middle + 1;
      } else if (hi === keyHi && lo === keyLo) {
        this.at = middle;
        return true;
      } else {
        high = middle;
      }
    }
    this.at = low;
    return false;
  }
}
