import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is committed with Apache Kafka's own client, so that no fault of the client under test can hide itself.
 *
 * <p>read BOOTSTRAP TOPIC... prints one JSON line per committed record, from the beginning to the end of the moment.
 * transactions BOOTSTRAP prints one JSON line per transaction that is open.
 */
public final class KafkaWitness {
  private static final Set<TransactionState> OPEN =
      Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "read" -> read(arguments[1], Arrays.asList(arguments).subList(2, arguments.length));
      case "transactions" -> transactions(arguments[1]);
      default -> throw new IllegalArgumentException("read or transactions, not " + arguments[0]);
    }
  }

  private static void read(String bootstrap, List<String> topics) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    StringBuilder out = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : topics) {
        consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          out.append("{\"topic\":\"").append(record.topic());
          out.append("\",\"partition\":").append(record.partition());
          out.append(",\"offset\":").append(record.offset());
          out.append(",\"timestamp\":").append(record.timestamp());
          out.append(",\"key\":").append(quoted(record.key()));
          out.append(",\"value\":").append(quoted(record.value())).append("}\n");
        }
        System.out.print(out);
        out.setLength(0);
      }
    }
  }

  private static String quoted(byte[] bytes) {
    return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
  }

  private static void transactions(String bootstrap) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    try (Admin admin = Admin.create(properties)) {
      for (TransactionListing listing : admin.listTransactions().all().get()) {
        if (OPEN.contains(listing.state())) {
          System.out.printf("{\"transactionalId\":\"%s\",\"state\":\"%s\"}%n", listing.transactionalId(), listing.state());
        }
      }
    }
  }
}
