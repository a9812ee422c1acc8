"""Looks at a gRPC server the way grpcurl does, knowing none of its messages: only what its reflection tells.

Usage: reflect.py ADDRESS SERVICE METHOD REQUEST-AS-JSON

Prints one line of JSON each for the services, the methods of SERVICE, and the first answer of its METHOD.
"""

import json
import sys
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "libs/grpc-proto/proto"))
messages, services = grpc.protos_and_services("reflection.proto")


def ask(channel, **question):
    """The server's answer to one question; its refusals are told."""
    request = messages.ServerReflectionRequest(**question)
    reply = next(services.ServerReflectionStub(channel).ServerReflectionInfo(iter([request])))
    if reply.HasField("error_response"):
        sys.exit(f"{question}: {reply.error_response.error_message}")
    return reply


def pool_of(channel, service):
    """A pool of its own with the files that define the service."""
    pool = descriptor_pool.DescriptorPool()
    reply = ask(channel, file_containing_symbol=service)
    for octets in reply.file_descriptor_response.file_descriptor_proto:
        pool.Add(descriptor_pb2.FileDescriptorProto.FromString(octets))
    return pool


def first_answer(channel, method, request_text):
    request = message_factory.GetMessageClass(method.input_type)()
    json_format.Parse(request_text, request)
    path = f"/{method.containing_service.full_name}/{method.name}"
    read = message_factory.GetMessageClass(method.output_type).FromString
    open_call = channel.unary_stream if method.server_streaming else channel.unary_unary
    answer = open_call(path, lambda message: message.SerializeToString(), read)(request)
    return next(answer) if method.server_streaming else answer


address, service_name, method_name, text = sys.argv[1:]
with grpc.insecure_channel(address) as open_channel:
    listed = ask(open_channel, list_services="").list_services_response.service
    print(json.dumps(sorted(service.name for service in listed)))
    found = pool_of(open_channel, service_name).FindServiceByName(service_name)
    print(json.dumps([method.name for method in found.methods]))
    answer = first_answer(open_channel, found.methods_by_name[method_name], text)
    print(json.dumps(json_format.MessageToDict(answer)))
