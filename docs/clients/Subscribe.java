import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints verdicts: java -cp "kafka-clients.jar:avro.jar:..." Subscribe.java BROKERS REGISTRY_URL TOPIC COUNT
 *
 * <p>A registry serializer library would do the framing; this shows what it does.
 */
public final class Subscribe {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", arguments[0]);
    properties.put("group.id", "subscribe-example");
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    int left = Integer.parseInt(arguments[3]);
    Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(arguments[2]));
      while (left > 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          ByteBuffer framed = ByteBuffer.wrap(record.value());
          if (framed.get() != 0) throw new IllegalStateException("not framed for a registry: " + record.offset());
          int id = framed.getInt();
          GenericDatumReader<GenericRecord> reader = readers.get(id);
          if (reader == null) readers.put(id, reader = new GenericDatumReader<>(schema(arguments[1], id)));
          GenericRecord verdict =
              reader.read(
                  null,
                  DecoderFactory.get().binaryDecoder(framed.array(), framed.position(), framed.remaining(), null));
          System.out.printf("%s %s %s%n", record.key(), verdict.get("action"), verdict.get("verdictId"));
          if (--left == 0) break;
        }
      }
      consumer.commitSync();
    }
  }

  private static Schema schema(String registry, int id) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
    String body = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    // {"schema": "<the schema as a JSON string>"}
    String quoted = body.substring(body.indexOf(':') + 1, body.lastIndexOf('}')).trim();
    String text = new Schema.Parser().parse("{\"type\":\"fixed\",\"name\":\"x\",\"size\":1,\"doc\":" + quoted + "}").getDoc();
    return new Schema.Parser().parse(text);
  }
}
