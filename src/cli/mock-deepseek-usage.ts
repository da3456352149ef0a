/** Help of `seekgate mock-deepseek`. */
export const mockDeepseekUsage = `seekgate mock-deepseek [--port 8090] [--bind 127.0.0.1] [--dialect NAME] [--api-key KEY…] [--model NAME…] [--script FILE]

A stand-in for DeepSeek, not DeepSeek: no model, no network. It answers as documented, always
the same for the same request, with the header x-seekgate-stand-in on every response:

  POST /chat/completions        JSON and SSE, reasoning first, tools, JSON mode
  POST /anthropic/v1/messages   the Anthropic API
  POST /responses               the Responses API
  POST /beta/completions        fill in the middle
  GET  /models, /user/balance   each of these also below /v1

  --port N        0 lets the system choose (default 8090)
  --bind ADDR     address to listen on (default 127.0.0.1)
  --dialect NAME  deepseek, or a self-hosted server: vllm, sglang, ollama, llama.cpp, with its
                  fields, errors, pages of health and metrics, and a queue
  --api-key KEY   accept only this key; may be repeated (default: any key)
  --model NAME    accept only this model; may be repeated (default: those of the dialect)
  --legacy-names  deepseek-chat and deepseek-reasoner still answer
  --reasoning-form FORM  reasoning_content, reasoning, both, tags (<think> in the content) or
                  implicit (</think> only)
  --concurrency N requests at a time and model, 429 beyond (default: as documented)
  --slots N       requests at a time, the next ones wait (default: no limit)
  --script FILE   YAML or JSON list of rules; the first that fits a request decides:

    - match: {model: deepseek-flash, stream: true, contains: hello, path: /models, key: sk-a}
      times: 1                # then the rule is used up (default: never)
      status: 429             # an error as documented: 400 401 402 422 429 500 503
      message: Too many.      # … with this text; {key} is the key of the request
      retryAfter: 2
      headers: {x-request: a} # more headers of the response
      fault: stall            # hang, reset, stall, truncate, malformed, error
      afterChunks: 3          # … after so many chunks
      delayMs: 500            # before the head
      thinkMs: 3000           # keep-alive comments, or blank lines before JSON
      keepAliveMs: 1000       # one every so often
      chunkDelayMs: 20        # between chunks
      reasoning: Let me see.  # what it thinks and says, and how often
      content: Hello.
      repeat: 1
      finishReason: insufficient_system_resource   # with afterChunks: in the middle
      toolCalls: [{name: get_weather, arguments: {city: Bonn}}]
      reasoningForm: tags
      chunkChars: 3           # chunks of so many characters
      pieceBytes: 7           # writes of so many bytes
      crlf: true              # lines end in CR LF
      usage: false            # none at all
      done: false             # no [DONE]

A request can bring its own behaviour: x-mock-status: 503, x-mock-after-chunks: 2, and so on.
From this machine only: POST /__script replaces the rules, POST /__keys the keys that are
accepted ([sk-a, sk-b]), POST /__state changes {concurrency, slots, waiting, running, kvUsage,
healthy, balance, reasoningInput}; GET /__requests shows what arrived (with the Authorization
header, to prove which key came), DELETE /__requests forgets it.
`;
