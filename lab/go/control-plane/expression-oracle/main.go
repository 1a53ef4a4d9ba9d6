// Expression-oracle answers what Argo Rollouts makes of conditions: a JSON line with an expression and a result in, a JSON line out.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	_ "unsafe" // for linkname: the functions are Argo's own, not copies of them

	"github.com/antonmedv/expr"
	"github.com/antonmedv/expr/file"
	"github.com/argoproj/argo-rollouts/utils/evaluate"
)

//go:linkname asInt github.com/argoproj/argo-rollouts/utils/evaluate.asInt
func asInt(in any) int64

//go:linkname asFloat github.com/argoproj/argo-rollouts/utils/evaluate.asFloat
func asFloat(in any) float64

//go:linkname isInf github.com/argoproj/argo-rollouts/utils/evaluate.isInf
func isInf(f float64) bool

//go:linkname isNilFunc github.com/argoproj/argo-rollouts/utils/evaluate.isNilFunc
func isNilFunc(result any) func(any) bool

//go:linkname defaultFunc github.com/argoproj/argo-rollouts/utils/evaluate.defaultFunc
func defaultFunc(result any) func(any, any) any

type question struct {
	Expression string
	Kind       string          // scalar, vector or json
	Floats     []string        // of a scalar or a vector
	JSON       json.RawMessage // of the rest
}

// Value is the expression's own; Condition is what a condition's evaluation says: true, false, or an error's message.
type answer struct {
	Class     string `json:"class"` // value, compile, run or panic
	Value     string `json:"value"`
	Message   string `json:"message"`
	Condition string `json:"condition"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		line, err := json.Marshal(answerTo(asked.Expression, resultOf(asked)))
		if err != nil {
			panic(err)
		}
		out.Write(append(line, '\n'))
	}
}

func resultOf(asked question) any {
	floats := make([]float64, len(asked.Floats))
	for i, text := range asked.Floats {
		float, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(err)
		}
		floats[i] = float
	}
	switch asked.Kind {
	case "scalar":
		return floats[0]
	case "vector":
		return floats
	}
	var value any
	if err := json.Unmarshal(asked.JSON, &value); err != nil {
		panic(err)
	}
	return value
}

func answerTo(expression string, result any) (said answer) {
	defer func() {
		if r := recover(); r != nil {
			said = answer{Class: "panic", Message: fmt.Sprint(r)}
		}
	}()
	said.Condition = conditionOf(expression, result)
	env := map[string]any{
		"result": result, "asInt": asInt, "asFloat": asFloat, "isNaN": math.IsNaN, "isInf": isInf,
		"isNil": isNilFunc(result), "default": defaultFunc(result),
	}
	program, err := expr.Compile(expression, expr.Env(env))
	if err != nil {
		said.Class, said.Message = "compile", messageOf(err)
		return said
	}
	value, err := expr.Run(program, env)
	if err != nil {
		said.Class, said.Message = "run", messageOf(err)
		return said
	}
	said.Class, said.Value = "value", printed(value)
	return said
}

func conditionOf(expression string, result any) string {
	holds, err := evaluate.EvalCondition(result, expression)
	if err != nil {
		return err.Error()
	}
	return strconv.FormatBool(holds)
}

func messageOf(err error) string {
	var located *file.Error
	if errors.As(err, &located) {
		return located.Message
	}
	return err.Error()
}

// Printed is a value with the types of all its parts.
func printed(value any) string {
	switch v := value.(type) {
	case float64:
		return fmt.Sprintf("float64:%016x", math.Float64bits(v))
	case string:
		return fmt.Sprintf("string:%x", v)
	case []any:
		return "[]interface {}" + listed(len(v), func(i int) string { return printed(v[i]) })
	case []int:
		return "[]int" + listed(len(v), func(i int) string { return printed(v[i]) })
	case []float64:
		return "[]float64" + listed(len(v), func(i int) string { return printed(v[i]) })
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		return "map" + listed(len(v), func(i int) string { return fmt.Sprintf("%x=%s", names[i], printed(v[names[i]])) })
	}
	return fmt.Sprintf("%T:%v", value, value)
}

func listed(length int, item func(int) string) string {
	items := make([]string, length)
	for i := range items {
		items[i] = item(i)
	}
	return "[" + strings.Join(items, " ") + "]"
}
