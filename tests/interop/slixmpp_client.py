"""A slixmpp client that does what JSON lines on stdin say, and says on stdout what happens to it."""

import asyncio
import json
import sys

import slixmpp

host, port, jid, password, authority, *more = sys.argv[1:]


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class Driven(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        self.ca_certs = authority
        self.auto_authorize = None
        self.auto_subscribe = False
        self.cut = False
        if "register" in more:
            self.register_plugin("xep_0077")
            self.add_event_handler("register", self.registers)
            # slixmpp 1.8 holds back what it says before login, registration included.
            self._always_send_everything = True
        for number in ("0030", "0049", "0050", "0054", "0059", "0115", "0191", "0198", "0199", "0203", "0280", "0313", "0352"):
            self.register_plugin(f"xep_{number}")
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.message)
        self.add_event_handler("disconnected", self.lost)
        self.add_event_handler("auth_success", lambda _: tell("authenticated"))
        self.add_event_handler("failed_auth", lambda _: tell("refused"))
        self.add_event_handler("sm_enabled", lambda _: tell("managed"))
        self.add_event_handler("session_resumed", lambda _: tell("resumed"))
        self.add_event_handler("roster_update", self.rosterChanged)
        self.add_event_handler("carbon_received", lambda message: self.copied("received", message["carbon_received"]))
        self.add_event_handler("carbon_sent", lambda message: self.copied("sent", message["carbon_sent"]))
        for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed"):
            self.add_event_handler(f"presence_{kind}", self.subscription)
        for kind in ("available", "unavailable"):
            self.add_event_handler(f"presence_{kind}", self.presence)

    async def registers(self, _):
        iq = self.make_iq_set()
        iq["register"]["username"] = self.boundjid.user
        iq["register"]["password"] = self.password
        try:
            await iq.send()
            self._always_send_everything = False
            tell("registered")
        except slixmpp.exceptions.IqError as error:
            tell("unregistered", condition=error.condition)

    async def started(self, _):
        await self.get_roster()
        self.send_presence()
        tell("online", jid=self.boundjid.full)

    def message(self, message):
        delayed = message["delay"]["stamp"] is not None
        tell("message", sender=message["from"].full, body=message["body"], type=message["type"], delayed=delayed)

    def copied(self, kind, message):
        tell("copy", kind=kind, sender=message["from"].full, body=message["body"])

    def subscription(self, presence):
        tell("subscription", kind=presence["type"], sender=presence["from"].bare)

    def presence(self, presence):
        tell("presence", kind=presence["type"], sender=presence["from"].full)

    def rosterChanged(self, iq):
        items = iq["roster"]["items"]
        tell("roster", items={str(key): value["subscription"] for key, value in items.items()})

    def lost(self, reason):
        tell("lost")
        if self.cut:
            self.cut = False
            self.connect((host, int(port)))

    async def obey(self, command):
        do = command["do"]
        if do == "send":
            self.send_message(mto=command["to"], mbody=command["body"], mtype="chat")
        elif do in ("subscribe", "subscribed", "unsubscribe", "unsubscribed"):
            self.send_presence(pto=command["to"], ptype=do)
        elif do == "name":
            await self.update_roster(command["to"], name=command["name"])
            tell("done", do=do)
        elif do == "remove":
            await self.del_roster_item(command["to"])
            tell("done", do=do)
        elif do == "ping":
            await self["xep_0199"].send_ping(command["to"])
            tell("done", do=do)
        elif do == "info":
            info = await self["xep_0030"].get_info(jid=command["to"])
            tell("info", features=sorted(info["disco_info"]["features"]))
        elif do == "archive":
            query = self["xep_0313"].iterate(with_jid=slixmpp.JID(command["with"]), rsm={"max": 2})
            found = [message["mam_result"]["forwarded"]["stanza"] async for message in query]
            tell("archive", bodies=[message["body"] for message in found])
        elif do == "carbons":
            await self["xep_0280"].enable()
            tell("done", do=do)
        elif do in ("block", "unblock"):
            plugin = self["xep_0191"]
            await (plugin.block if do == "block" else plugin.unblock)(slixmpp.JID(command["to"]))
            blocked = await plugin.get_blocked()
            tell("blocked", jids=[jid.full for jid in blocked["blocklist"]["items"]])
        elif do == "commands":
            items = await self["xep_0050"].get_commands(command["to"])
            tell("commands", nodes=[node for _, node, _ in items["disco_items"]["items"]])
        elif do == "run":
            begun = await self["xep_0050"].send_command(command["to"], command["node"])
            form = begun["command"]["form"]
            form.reply()
            form.set_values(command["fields"])
            session = begun["command"]["sessionid"]
            ended = await self["xep_0050"].send_command(command["to"], command["node"], sessionid=session, payload=form)
            tell("ran", status=ended["command"]["status"])
        elif do == "idle":
            self["xep_0352"].send_inactive()
        elif do == "look":
            self["xep_0352"].send_active()
        elif do == "cut":
            self.cut = True
            self.abort()
        elif do == "leave":
            await self.disconnect()
            sys.exit(0)


async def commands(client):
    reader = asyncio.StreamReader()
    loop = asyncio.get_event_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            await client.obey(json.loads(line))
        except Exception as error:  # told to the test, which fails with it
            tell("failed", error=repr(error))


client = Driven()
client.connect((host, int(port)))
client.loop.run_until_complete(commands(client))
