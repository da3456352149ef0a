"""Talks to a gateway with langchain-deepseek and prints what it got as JSON."""
import json
import sys

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_deepseek import ChatDeepSeek
from openai import PermissionDeniedError

url, token, guest, question = sys.argv[1:]


def model(key=token, **more):
    return ChatDeepSeek(
        model="deepseek-flash", api_key=key, api_base=f"{url}/v1", max_retries=0, **more
    )


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return "12 degrees"


def chat():
    answer = model().invoke(question)
    return {
        "content": answer.content,
        "reasoning": answer.additional_kwargs["reasoning_content"],
        "tokens": answer.usage_metadata["total_tokens"],
    }


def stream():
    said = {"content": "", "reasoning": "", "tokens": 0, "pieces": 0}
    for chunk in model(stream_usage=True).stream(question):
        said["pieces"] += 1
        said["content"] += chunk.content
        said["reasoning"] += chunk.additional_kwargs.get("reasoning_content") or ""
        if chunk.usage_metadata:
            said["tokens"] = chunk.usage_metadata["total_tokens"]
    return said


def tool_turn():
    able = model().bind_tools([get_weather])
    messages = [HumanMessage("What is the weather in Bonn?")]
    asked = able.invoke(messages)
    call = asked.tool_calls[0]
    messages += [asked, ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])]
    return {
        "name": call["name"],
        "city": call["args"]["city"],
        "answer": able.invoke(messages).content,
    }


def tool_stream():
    whole = None
    for chunk in model().bind_tools([get_weather]).stream("What is the weather in Bonn?"):
        whole = chunk if whole is None else whole + chunk
    call = whole.tool_calls[0]
    return {"name": call["name"], "city": call["args"]["city"]}


def json_mode():
    schema = {
        "title": "sky",
        "type": "object",
        "properties": {"color": {"type": "string"}, "sure": {"type": "boolean"}},
    }
    return model().with_structured_output(schema, method="json_mode").invoke(
        "The colour of the sky as JSON"
    )


def denied():
    try:
        model(key=guest).invoke(question)
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
