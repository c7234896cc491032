package pattern_test

import (
	"fmt"

	"hubscope/device/pattern"
)

func Example() {
	p, err := pattern.Parse("pump-{001..250}-{east,west}")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Len(), p.At(0), p.At(499))

	_, err = pattern.Parse("pump-{001..250")
	fmt.Println(err)
	// Output:
	// 500 pump-001-east pump-250-west
	// column 6: this brace is not closed: add } where it ends
}
