// Package recording writes events to files and reads them again.
//
// A recording is lines of JSON, in UTF-8, one event a line, each a document like this one (here on several lines):
//
//	{"formatVersion":1,
//	 "deviceId":"wind-1","moduleId":"edge","partition":"2","sequenceNumber":513,"offset":"4812",
//	 "enqueuedTime":"2026-11-22T13:03:20.112Z","receivedTime":"2026-11-22T13:03:20.15Z","messageSource":"Telemetry",
//	 "messageId":"m-1","correlationId":"c-1","contentType":"application/json","contentEncoding":"utf-8",
//	 "applicationProperties":{"alarm":"1","level":3},"applicationPropertyTypes":{"level":"int"},
//	 "systemProperties":{"iothub-connection-auth-generation-id":"637194"},
//	 "body":{"windSpeed":14.1}}
//
// What an event does not have is left out. Nothing is lost:
//
//   - formatVersion stands in the first event of a file at least. A reader refuses a higher one than it knows, and takes
//     a file with none for version 1: so lines may be taken out, and files may be put one behind another.
//   - bodyBase64, when it is there, is the body, byte for byte. Otherwise a body that is a JSON string is that text, and
//     any other body is the bytes of that JSON as they stand in the line. A body beside bodyBase64 is for reading:
//     the same JSON without its line breaks, or what a body that is compressed or packed (CBOR, MessagePack) holds.
//   - Properties are JSON values: text, true and false, null, a number without a fraction or exponent for an AMQP long,
//     another number for a double. What is of another type has its name in applicationPropertyTypes or
//     systemPropertyTypes: byte, ubyte, short, ushort, int, uint, ulong, float, double (for "NaN", "+Inf", "-Inf"),
//     timestamp (RFC 3339, or milliseconds since 1970), binary (base64), uuid, and int[] and so on for an array. A list
//     has {"items":[...]} with the type of each or null, a map {"fields":{...}}, a map whose keys are no text
//     {"pairs":[...]} and is a list of pairs.
//   - Bytes of a text that are no UTF-8 are the escapes \udc80 to \udcff. What a terminal could obey is escaped.
//
// A line that cannot be read does not spoil the others: see [Reader.Next].
package recording

// Version is the version of the format that is written, and the highest that is read.
const Version = 1
