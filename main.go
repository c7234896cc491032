// Command hubscope is a terminal explorer for Azure IoT Hub with a local hub of its own.
package main

func main() {}
