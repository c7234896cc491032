package core

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
	"hubscope/hub/secret"
)

// Policy is a shared access policy with its two keys; either of them is valid.
type Policy struct {
	Name               string
	Rights             Rights
	Primary, Secondary secret.Text
}

// builtinPolicies come with every hub (protocol 1.4).
var builtinPolicies = []struct {
	name   string
	rights Rights
}{
	{"iothubowner", RegistryRead | RegistryWrite | ServiceConnect | DeviceConnect},
	{"service", ServiceConnect},
	{"device", DeviceConnect},
	{"registryRead", RegistryRead},
	{"registryReadWrite", RegistryRead | RegistryWrite},
}

// keySize is the length of a generated key, in bytes (protocol 1.5).
const keySize = 32

// newKey makes a key as base64 text.
func newKey() string {
	var key [keySize]byte
	_, _ = rand.Read(key[:]) // never fails since Go 1.24
	return base64.StdEncoding.EncodeToString(key[:])
}

// Policy returns a shared access policy by its name, with its keys.
func (h *Hub) Policy(name string) (Policy, bool) {
	p, found := h.policies[strings.ToLower(name)]
	return p, found
}

// storedPolicy is how a policy is kept.
type storedPolicy struct {
	Name      string `json:"name"`
	Rights    Rights `json:"rights"`
	Primary   string `json:"primary"`
	Secondary string `json:"secondary"`
}

// makePolicies writes the built-in policies of a new hub, with new keys.
func makePolicies(tx *bbolt.Tx) error {
	bucket, err := tx.CreateBucket(policiesBucket)
	if err != nil {
		return err
	}
	for _, p := range builtinPolicies {
		text, err := json.Marshal(storedPolicy{p.name, p.rights, newKey(), newKey()})
		if err != nil {
			return err
		}
		if err := bucket.Put([]byte(p.name), store.Seal(text)); err != nil {
			return err
		}
	}
	return nil
}

// readPolicies reads all policies, by their names in lower case.
func readPolicies(tx *bbolt.Tx) (map[string]Policy, error) {
	policies := make(map[string]Policy)
	err := tx.Bucket(policiesBucket).ForEach(func(key, value []byte) error {
		var p storedPolicy
		if err := unsealJSON(value, &p); err != nil {
			return fmt.Errorf("policy %s: %w", key, err)
		}
		policies[strings.ToLower(p.Name)] = Policy{p.Name, p.Rights, secret.New(p.Primary), secret.New(p.Secondary)}
		return nil
	})
	return policies, err
}
