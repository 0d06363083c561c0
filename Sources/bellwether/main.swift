import Glibc
import Terminal

Client.prepare()
exit(await Client.run(Client.arguments, environment: Client.environment))
