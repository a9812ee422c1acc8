import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages of one kind that are written and read in turn, with the values of the TypeScript benchmark. */
abstract class Message {
  static final int COUNT = 256;
  static final long TIME = 1_723_075_200_000_000L;

  final int frame;
  final UnsafeBuffer buffer;
  private final byte[] octets;
  private final byte[] name = new byte[32];
  private final byte[] lastName = new byte[32];
  private String lastText = "";

  Message(int frame) {
    this.frame = frame;
    octets = new byte[frame * COUNT];
    buffer = new UnsafeBuffer(octets);
  }

  abstract void encode(int index);

  /** A sum of everything that was read. */
  abstract long decode(int index);

  final byte[] octets() {
    return octets;
  }

  /** Where a decoder puts the octets of a symbol, before {@link #textLength()}. */
  final byte[] nameOctets() {
    return name;
  }

  /** Length of the symbol's text, which is made only when its octets are others than the last time. */
  final int textLength() {
    if (!Arrays.equals(name, lastName)) {
      System.arraycopy(name, 0, lastName, 0, name.length);
      int end = 0;
      while (end < name.length && name[end] != 0) end++;
      lastText = new String(name, 0, end, java.nio.charset.StandardCharsets.UTF_8);
    }
    return lastText.length();
  }

  /** A symbol padded with zeros. */
  static byte[] padded(String text, int length) {
    return Arrays.copyOf(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), length);
  }

  static long words(long low, long high) {
    return (high << 32) + low;
  }
}
