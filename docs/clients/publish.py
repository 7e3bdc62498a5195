"""Publishes contents to Tidegate: python publish.py BROKERS REGISTRY_URL < contents.jsonl

One JSON object a line: {"contentId": "...", "text": "...", "platform": "..."}.
Needs: pip install "confluent-kafka[avro,schemaregistry]"
"""

import json
import sys
import time

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "content.submitted"


def main(brokers: str, registry_url: str) -> int:
    registry = SchemaRegistryClient({"url": registry_url})
    schema = registry.get_latest_version(f"{TOPIC}-value").schema
    serialize = AvroSerializer(registry, schema.schema_str, conf={"auto.register.schemas": False, "use.latest.version": True})
    # murmur2 as the Java client and the gateway use it, so that all of them agree on the partition of a content.
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True, "partitioner": "murmur2_random"})
    failures = []

    def delivered(error, message):
        if error is not None:
            failures.append(f"{message.key()}: {error}")

    count = 0
    for line in sys.stdin:
        content = {
            "revision": 1,
            "kind": "POST",
            "language": None,
            "authorId": None,
            "conversationId": None,
            "metadata": {},
            "submittedAt": int(time.time() * 1000),
            **json.loads(line),
        }
        value = serialize(content, SerializationContext(TOPIC, MessageField.VALUE))
        key = f"{content['platform']}/{content['contentId']}"
        producer.produce(TOPIC, key=key.encode(), value=value, on_delivery=delivered)
        count += 1
    producer.flush()
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{count - len(failures)} of {count} acknowledged")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
