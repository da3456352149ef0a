"""Talks to a gateway with the official OpenAI library and prints what it got as JSON."""
import json
import sys

from openai import OpenAI, PermissionDeniedError

url, token, guest, question = sys.argv[1:]
client = OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0)
model = "deepseek-flash"
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


def user(text):
    return {"role": "user", "content": text}


def chat():
    answer = client.chat.completions.create(model=model, messages=[user(question)])
    message = answer.choices[0].message
    return {
        "content": message.content,
        "reasoning": message.reasoning_content,
        "tokens": answer.usage.total_tokens,
    }


def stream():
    said = {"content": "", "reasoning": "", "tokens": 0, "pieces": 0}
    for chunk in client.chat.completions.create(
        model=model,
        messages=[user(question)],
        stream=True,
        stream_options={"include_usage": True},
    ):
        said["pieces"] += 1
        if chunk.usage:
            said["tokens"] = chunk.usage.total_tokens
        for choice in chunk.choices:
            said["content"] += choice.delta.content or ""
            said["reasoning"] += getattr(choice.delta, "reasoning_content", None) or ""
    return said


def tool_turn():
    messages = [user("What is the weather in Bonn?")]
    message = client.chat.completions.create(
        model=model, messages=messages, tools=tools
    ).choices[0].message
    call = message.tool_calls[0]
    # What a client of OpenAI sends back: without the reasoning, which it does not know.
    messages.append(
        {
            "role": "assistant",
            "content": message.content,
            "tool_calls": [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {
                        "name": call.function.name,
                        "arguments": call.function.arguments,
                    },
                }
            ],
        }
    )
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "12 degrees"})
    answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
    return {
        "name": call.function.name,
        "city": json.loads(call.function.arguments)["city"],
        "answer": answer.choices[0].message.content,
    }


def tool_stream():
    name, arguments = "", ""
    for chunk in client.chat.completions.create(
        model=model,
        messages=[user("What is the weather in Bonn?")],
        tools=tools,
        stream=True,
    ):
        for choice in chunk.choices:
            for call in choice.delta.tool_calls or []:
                name += call.function.name or ""
                arguments += call.function.arguments or ""
    return {"name": name, "city": json.loads(arguments)["city"]}


def json_mode():
    answer = client.chat.completions.create(
        model=model,
        messages=[user("The colour of the sky as JSON")],
        response_format={"type": "json_object"},
    )
    return json.loads(answer.choices[0].message.content)


def denied():
    try:
        OpenAI(base_url=f"{url}/v1", api_key=guest, max_retries=0).chat.completions.create(
            model=model, messages=[user(question)]
        )
    except PermissionDeniedError as error:
        return error.status_code
    return 200


print(
    json.dumps(
        {
            "chat": chat(),
            "stream": stream(),
            "tools": tool_turn(),
            "toolStream": tool_stream(),
            "json": json_mode(),
            "denied": denied(),
        }
    )
)
