package protocol

// FormatONNX is the format of policies that another program trained, and stands in the place of their algorithm.
const FormatONNX = "onnx"
