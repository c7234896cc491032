// Package tlsca is the certificate authority of a local hub: an own root that is
// made once and kept, and a server certificate for the names that the hub
// answers to, made again when the names change or its end comes near.
//
// Programs that are to trust the hub are given the file named by CAFile. Keys
// are ECDSA P-256 and readable by their owner only.
package tlsca
