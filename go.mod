module hubscope

go 1.26.0

require (
	charm.land/bubbles/v2 v2.2.1 // key bindings, text input, help
	charm.land/bubbletea/v2 v2.1.1 // github.com/charmbracelet/bubbletea: since v2 the module has this name
	charm.land/lipgloss/v2 v2.0.6 // github.com/charmbracelet/lipgloss, likewise
	github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2 v2.0.2 // the monitor reads with it; the maintained major
	github.com/Azure/go-amqp v1.7.0 // link redirect; codec of message sections
	github.com/adrg/xdg v0.5.3 // where state belongs
	github.com/aymanbagabas/go-udiff v0.4.1 // what changed between two texts
	github.com/brianvoe/gofakeit/v7 v7.18.1 // invented names and places of simulated devices
	github.com/cenkalti/backoff/v5 v5.0.3 // retries
	github.com/charmbracelet/colorprofile v0.4.3 // tests: colours of lesser terminals
	github.com/charmbracelet/ultraviolet v0.0.0-20261008173134-6b8d4baf91b4 // tests: cells of a screen
	github.com/charmbracelet/x/ansi v0.11.9 // cut and measure styled text
	github.com/charmbracelet/x/exp/golden v0.1.0 // tests: golden frames
	github.com/charmbracelet/x/term v0.2.2 // give the terminal back
	github.com/charmbracelet/x/vt v0.0.0-20260823001701-96af6d2cb5f6 // tests: a virtual terminal
	github.com/coder/websocket v1.8.15 // MQTT and AMQP on port 443
	github.com/creack/pty v1.1.24 // tests: pseudo-terminals
	github.com/eclipse/paho.mqtt.golang v1.5.1 // the device client; its packets are the codec of the local hub
	github.com/expr-lang/expr v1.17.8 // filters of the monitor that are expressions
	github.com/fxamacker/cbor/v2 v2.9.6 // bodies in CBOR
	github.com/go-fonts/dejavu v0.3.2 // tests: pictures of screens
	github.com/google/go-cmp v0.7.0 // tests
	github.com/google/uuid v1.6.0 // request ids
	github.com/pelletier/go-toml/v2 v2.4.3 // the file of named filters
	github.com/rogpeppe/go-internal v1.16.0 // tests: scripts that run the program
	github.com/spf13/cobra v1.10.2 // command line
	github.com/spf13/pflag v1.0.10 // the flags of the local hub
	github.com/tidwall/gjson v1.20.1 // fields of JSON without decoding it
	github.com/tinylib/msgp v1.6.5 // bodies in MessagePack
	go.etcd.io/bbolt v1.5.0 // the local hub's state, one file
	go.uber.org/goleak v1.3.0 // tests: nothing is left running
	golang.org/x/image v0.47.0 // tests: pictures of screens
	golang.org/x/sync v0.24.0 // groups of goroutines
	golang.org/x/time v0.16.0 // limits of a tier
	pgregory.net/rapid v1.3.0 // tests: properties
)

require (
	github.com/Azure/azure-sdk-for-go/sdk/azcore v1.20.0 // indirect
	github.com/Azure/azure-sdk-for-go/sdk/internal v1.11.2 // indirect
	github.com/atotto/clipboard v0.1.4 // indirect
	github.com/charmbracelet/x/exp/ordered v0.1.0 // indirect
	github.com/charmbracelet/x/termios v0.1.1 // indirect
	github.com/charmbracelet/x/windows v0.2.2 // indirect
	github.com/clipperhouse/displaywidth v0.11.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/gorilla/websocket v1.5.3 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/lucasb-eyer/go-colorful v1.4.1 // indirect
	github.com/mattn/go-runewidth v0.0.30 // indirect
	github.com/muesli/cancelreader v0.2.2 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/xo/terminfo v1.0.0 // indirect
	golang.org/x/net v0.59.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)
