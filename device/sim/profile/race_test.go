//go:build race

package profile

// raceDetector: sync.Pool then drops what it is given, by chance.
const raceDetector = true
