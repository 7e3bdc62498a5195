# pip install onnxruntime; python example.py "a text"
import json, sys
import numpy, onnxruntime
from featuriser import create_featuriser, scores_of

model = json.load(open("model/model.json", encoding="utf-8"))
ids, weights = create_featuriser(model, open("model/tables/terms.bin", "rb").read())(sys.argv[1])
session = onnxruntime.InferenceSession("model/model.onnx")
inputs = {"ids": numpy.array([ids], numpy.int64), "weights": numpy.array([weights], numpy.float32)}
print(json.dumps(scores_of(model, session.run(["logits"], inputs)[0][0])))
