import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Bench MESSAGE DIRECTION OCTETS: one measurement of the reference tool's Java codecs as JSON, in a process of its own
 * like those of the TypeScript codecs. Writes the octets of all messages to the file OCTETS, to be compared.
 */
public final class Bench {
  private static final int RUNS = 9;
  private static final long RUN_NANOS = 20_000_000;
  private static final long WARM_UP_NANOS = 1_500_000_000;
  private static final int ALLOCATION_ROUNDS = 40;

  /** What was read last, so that no reading is removed as useless. */
  private static long kept;

  public static void main(String[] args) throws Exception {
    Message message = Messages.of(args[0]);
    boolean encode = args[1].equals("encode");
    for (int index = 0; index < Message.COUNT; index++) message.encode(index);
    Files.write(Path.of(args[2]), message.octets());
    long start = System.nanoTime();
    long warm = 0;
    while (System.nanoTime() - start < WARM_UP_NANOS) {
      rounds(message, encode, 10);
      warm += 10;
    }
    long count = Math.max(1, Math.round((double) warm * RUN_NANOS / WARM_UP_NANOS));
    double[] times = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long before = System.nanoTime();
      rounds(message, encode, count);
      times[run] = (double) (System.nanoTime() - before) / (count * Message.COUNT);
    }
    Arrays.sort(times);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    rounds(message, encode, ALLOCATION_ROUNDS);
    long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / (ALLOCATION_ROUNDS * Message.COUNT);
    System.out.printf("{\"nanos\":%s,\"bytes\":%d,\"kept\":%d}%n", times[RUNS / 2], bytes, kept);
  }

  private static void rounds(Message message, boolean encode, long count) {
    long sum = 0;
    for (long round = 0; round < count; round++) {
      for (int index = 0; index < Message.COUNT; index++) {
        if (encode) message.encode(index);
        else sum += message.decode(index);
      }
    }
    kept = sum;
  }
}
