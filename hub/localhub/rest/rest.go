// Package rest is the service REST API of the local hub (protocol 2).
package rest
