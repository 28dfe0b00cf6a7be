#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants secrets of more than 200 kinds in many places and looks whether any is kept.

secrets.py TOOL          every kind through TOOL (bench_secret): what it leaves
secrets.py --cross TOOL [KIND/PLACE]
                         every kind in every place of secret_places.py through TOOL: how many are left by kind and by
                         place; and the texts of those whose name holds KIND/PLACE, "/" for all
secrets.py --add INQUEST every kind in the messages of logs, on lines of their own, in errors, exceptions, names and messages
                         of tests, settings, names of files, JSON, in a folder and in an archive: `inquest add`, then
                         all bytes below .inquest/ and rca/ are searched

All secrets are random (of a fixed seed) in the form that their issuers document.
"""
import base64, json, os, re, shlex, random, string, subprocess, sys, tarfile, tempfile
from collections import Counter

from secret_places import PLACES, xml

R = random.Random(20261126)
AN = string.ascii_letters + string.digits
UP = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
B64 = AN + "+/"
URL = AN + "-_"


def rnd(chars, n):
    while True:
        s = "".join(R.choice(chars) for _ in range(n))
        kinds = [chars for chars in (string.digits, string.ascii_letters) if set(chars) & set(s)]
        if n < 8 or len(kinds) == 2 or not (set(chars) & set(string.digits) and
                                            set(chars) & set(string.ascii_letters)):
            return s


def b64(s):
    return base64.b64encode(s.encode()).decode()


def jwt():
    def enc(o):
        return base64.urlsafe_b64encode(json.dumps(o).encode()).decode().rstrip("=")
    return ".".join([enc({"alg": "HS256", "typ": "JWT"}), enc({"sub": rnd(HEX, 12), "iat": 1516239022}),
                     rnd(URL, 43)])


def word():
    """A password as people make them."""
    return R.choice([lambda: rnd(AN, 12), lambda: rnd(string.ascii_lowercase, 6) + rnd(string.digits, 2),
                     lambda: "Tr0ub4dor&" + rnd(AN, 4), lambda: rnd(AN, 5) + "!" + rnd(AN, 5) + "#",
                     lambda: rnd(string.ascii_letters, 9)])()


# (name, secret's maker): tokens that tell by themselves
TOKENS = [
    ("nvidia-key", lambda: "nvapi-" + rnd(URL, 64)), ("tavily-key", lambda: "tvly-" + rnd(AN, 32)),
    ("jina-key", lambda: "jina_" + rnd(AN, 60)), ("e2b-key", lambda: "e2b_" + rnd(HEX, 40)),
    ("runpod-key", lambda: "rpa_" + rnd(AN, 44)), ("apify-token", lambda: "apify_api_" + rnd(AN, 36)),
    ("kaggle-token", lambda: "KGAT_" + rnd(HEX, 32)), ("posthog-personal", lambda: "phx_" + rnd(AN, 43)),
    ("matrix-token", lambda: "syt_" + rnd(AN, 12) + "_" + rnd(AN, 20) + "_" + rnd(AN, 6)),
    ("discord-mfa", lambda: "mfa." + rnd(URL, 84)),
    ("hubspot-pat", lambda: "pat-na1-" + "-".join(rnd(HEX, n) for n in (8, 4, 4, 4, 12))),
    ("portainer-token", lambda: "ptr_" + rnd(B64, 43) + "="),
    ("apache-md5-crypt", lambda: "$apr1$" + rnd(AN, 8) + "$" + rnd(AN, 22)),
    ("ldap-sha", lambda: "{SHA}" + rnd(B64, 27) + "="), ("ldap-ssha", lambda: "{SSHA}" + rnd(B64, 32)),
    ("aws-access-key-id", lambda: "AKIA" + rnd(UP, 16)),
    ("aws-temporary-key-id", lambda: "ASIA" + rnd(UP, 16)),
    ("aws-session-token", lambda: "IQoJb3JpZ2lu" + rnd(B64, 200)),
    ("aws-bedrock-key", lambda: "ABSK" + rnd(B64, 120)),
    ("gcp-api-key", lambda: "AIza" + rnd(URL, 35)),
    ("gcp-oauth-access", lambda: "ya29." + rnd(URL, 60)),
    ("gcp-oauth-secret", lambda: "GOCSPX-" + rnd(URL, 28)),
    ("gcp-refresh-token", lambda: "1//0" + rnd(URL, 40)),
    ("azure-client-secret", lambda: rnd(AN, 3) + "8Q~" + rnd(AN, 34)),
    ("alibaba-key-id", lambda: "LTAI" + rnd(AN, 20)),
    ("tencent-secret-id", lambda: "AKID" + rnd(AN, 32)),
    ("digitalocean-token", lambda: "dop_v1_" + rnd(HEX, 64)),
    ("digitalocean-refresh", lambda: "dor_v1_" + rnd(HEX, 64)),
    ("cloudflare-origin-ca", lambda: "v1.0-" + rnd(HEX, 24) + "-" + rnd(HEX, 146)),
    ("heroku-key", lambda: "HRKU-" + rnd(URL, 60)),
    ("flyio-token", lambda: "fo1_" + rnd(URL, 43)),
    ("netlify-token", lambda: "nfp_" + rnd(AN, 36)),
    ("render-key", lambda: "rnd_" + rnd(AN, 28)),
    ("github-pat", lambda: "ghp_" + rnd(AN, 36)),
    ("github-oauth", lambda: "gho_" + rnd(AN, 36)),
    ("github-user", lambda: "ghu_" + rnd(AN, 36)),
    ("github-server", lambda: "ghs_" + rnd(AN, 36)),
    ("github-refresh", lambda: "ghr_" + rnd(AN, 36)),
    ("github-fine-grained", lambda: "github_pat_" + rnd(AN, 22) + "_" + rnd(AN, 59)),
    ("gitlab-pat", lambda: "glpat-" + rnd(URL, 20)),
    ("gitlab-pat-routable", lambda: "glpat-" + rnd(URL, 27) + "." + rnd(AN, 2) + "." + rnd(AN, 9)),
    ("gitlab-deploy", lambda: "gldt-" + rnd(URL, 20)),
    ("gitlab-runner", lambda: "glrt-" + rnd(URL, 20)),
    ("gitlab-trigger", lambda: "glptt-" + rnd(HEX, 40)),
    ("gitlab-feed", lambda: "glft-" + rnd(URL, 20)),
    ("gitlab-scim", lambda: "glsoat-" + rnd(URL, 20)),
    ("gitlab-agent", lambda: "glagent-" + rnd(URL, 50)),
    ("gitlab-job", lambda: "glcbt-" + rnd(AN, 2) + "_" + rnd(URL, 20)),
    ("gitlab-runner-registration", lambda: "GR1348941" + rnd(URL, 20)),
    ("bitbucket-app-password", lambda: "ATBB" + rnd(AN, 32)),
    ("atlassian-token", lambda: "ATATT3xFfGF0" + rnd(URL, 160) + "=" + rnd(HEX, 8).upper()),
    ("npm-token", lambda: "npm_" + rnd(AN, 36)),
    ("pypi-token", lambda: "pypi-AgEIcHlwaS5vcmc" + rnd(URL, 120)),
    ("rubygems-key", lambda: "rubygems_" + rnd(HEX, 48)),
    ("crates-io-token", lambda: "cio" + rnd(AN, 32)),
    ("nuget-key", lambda: "oy2" + rnd(string.ascii_lowercase + string.digits, 43)),
    ("clojars-token", lambda: "CLOJARS_" + rnd(HEX, 60)),
    ("docker-pat", lambda: "dckr_pat_" + rnd(URL, 27)),
    ("artifactory-key", lambda: "AKCp" + rnd(AN, 69)),
    ("buildkite-token", lambda: "bkua_" + rnd(HEX, 40)),
    ("circleci-token", lambda: "CCIPAT_" + rnd(AN, 22) + "_" + rnd(HEX, 40)),
    ("sonar-token", lambda: "sqp_" + rnd(HEX, 40)),
    ("pulumi-token", lambda: "pul-" + rnd(HEX, 40)),
    ("terraform-token", lambda: rnd(AN, 14) + ".atlasv1." + rnd(URL, 67)),
    ("slack-bot", lambda: "xoxb-" + rnd(string.digits, 12) + "-" + rnd(string.digits, 13) + "-" + rnd(AN, 24)),
    ("slack-user", lambda: "xoxp-" + rnd(string.digits, 12) + "-" + rnd(string.digits, 12) + "-" + rnd(HEX, 32)),
    ("slack-app", lambda: "xapp-1-A" + rnd(UP, 10) + "-" + rnd(string.digits, 13) + "-" + rnd(HEX, 64)),
    ("slack-refresh", lambda: "xoxe-1-" + rnd(AN, 147)),
    ("sendgrid-key", lambda: "SG." + rnd(URL, 22) + "." + rnd(URL, 43)),
    ("mailgun-key", lambda: "key-" + rnd(HEX, 32)),
    ("mailchimp-key", lambda: rnd(HEX, 32) + "-us14"),
    ("brevo-key", lambda: "xkeysib-" + rnd(HEX, 64) + "-" + rnd(AN, 16)),
    ("resend-key", lambda: "re_" + rnd(AN, 8) + "_" + rnd(AN, 24)),
    ("dropbox-token", lambda: "sl." + rnd(URL, 140)),
    ("linear-key", lambda: "lin_api_" + rnd(AN, 40)),
    ("notion-token", lambda: "ntn_" + rnd(AN, 46)),
    ("notion-old", lambda: "secret_" + rnd(AN, 43)),
    ("figma-token", lambda: "figd_" + rnd(URL, 40)),
    ("typeform-token", lambda: "tfp_" + rnd(URL, 44)),
    ("postman-key", lambda: "PMAK-" + rnd(HEX, 24) + "-" + rnd(HEX, 34)),
    ("airtable-pat", lambda: "pat" + rnd(AN, 14) + "." + rnd(HEX, 64)),
    ("telegram-bot", lambda: rnd(string.digits, 10) + ":AA" + rnd(URL, 33)),
    ("stripe-live", lambda: "sk_live_" + rnd(AN, 24)),
    ("stripe-test", lambda: "sk_test_" + rnd(AN, 24)),
    ("stripe-restricted", lambda: "rk_live_" + rnd(AN, 24)),
    ("stripe-webhook", lambda: "whsec_" + rnd(AN, 32)),
    ("square-token", lambda: "sq0atp-" + rnd(URL, 22)),
    ("square-secret", lambda: "sq0csp-" + rnd(URL, 43)),
    ("braintree-token", lambda: "access_token$production$" + rnd(string.ascii_lowercase + string.digits, 16) + "$" + rnd(HEX, 32)),
    ("shopify-token", lambda: "shpat_" + rnd(HEX, 32)),
    ("shopify-secret", lambda: "shpss_" + rnd(HEX, 32)),
    ("razorpay-key", lambda: "rzp_live_" + rnd(AN, 14)),
    ("easypost-key", lambda: "EZAK" + rnd(AN, 54)),
    ("plaid-token", lambda: "access-production-" + "-".join(rnd(HEX, n) for n in (8, 4, 4, 4, 12))),
    ("anthropic-key", lambda: "sk-ant-api03-" + rnd(URL, 95)),
    ("openai-key", lambda: "sk-proj-" + rnd(URL, 80)),
    ("openai-old", lambda: "sk-" + rnd(AN, 48)),
    ("openrouter-key", lambda: "sk-or-v1-" + rnd(HEX, 64)),
    ("huggingface-token", lambda: "hf_" + rnd(string.ascii_letters, 34)),
    ("groq-key", lambda: "gsk_" + rnd(AN, 52)),
    ("replicate-token", lambda: "r8_" + rnd(AN, 37)),
    ("perplexity-key", lambda: "pplx-" + rnd(AN, 48)),
    ("langsmith-key", lambda: "lsv2_pt_" + rnd(HEX, 32) + "_" + rnd(HEX, 10)),
    ("databricks-token", lambda: "dapi" + rnd(HEX, 32)),
    ("supabase-token", lambda: "sbp_" + rnd(HEX, 40)),
    ("planetscale-token", lambda: "pscale_tkn_" + rnd(URL, 43)),
    ("vault-service", lambda: "hvs." + rnd(URL, 90)),
    ("vault-batch", lambda: "hvb." + rnd(URL, 140)),
    ("doppler-token", lambda: "dp.pt." + rnd(AN, 43)),
    ("onepassword-token", lambda: "ops_eyJ" + rnd(B64, 250)),
    ("age-key", lambda: "AGE-SECRET-KEY-1" + rnd("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    ("grafana-service", lambda: "glsa_" + rnd(AN, 32) + "_" + rnd(HEX, 8)),
    ("grafana-cloud", lambda: "glc_" + rnd(B64, 80)),
    ("newrelic-key", lambda: "NRAK-" + rnd(string.ascii_uppercase + string.digits, 27)),
    ("sentry-token", lambda: "sntryu_" + rnd(HEX, 64)),
    ("dynatrace-token", lambda: "dt0c01." + rnd(UP, 24) + "." + rnd(UP, 64)),
    ("tailscale-key", lambda: "tskey-auth-" + rnd(AN, 12) + "-" + rnd(AN, 32)),
    ("jwt", jwt),
    ("crypt-sha512", lambda: "$6$" + rnd(AN, 16) + "$" + rnd(AN + "./", 86)),
    ("bcrypt", lambda: "$2b$12$" + rnd(AN + "./", 53)),
    ("argon2", lambda: "$argon2id$v=19$m=65536,t=3,p=4$" + rnd(AN + "+/", 22) + "$" + rnd(AN + "+/", 43)),
]

# (name, text with {S}): secrets by what surrounds them; S is a password unless a maker is given
AROUND = [
    ("paseto", "got v4.local.{S}", lambda: rnd(URL, 90)), ("twitch-oauth", "got oauth:{S}", lambda: rnd(AN, 30).lower()),
    ("php-define", "define('DB_PASSWORD', '{S}');", lambda: rnd(AN, 12)), ("php-define-blank", "define( 'AUTH_KEY', '{S}' );", lambda: rnd(HEX, 64)),
    ("java-properties-xml", '<entry key="db.password">{S}</entry>', lambda: rnd(AN, 12)), ("xml-property-element", '<property name="password">{S}</property>', lambda: rnd(AN, 12)),
    ("echo-login", "echo {S} | docker login -u bob --password-stdin", lambda: rnd(AN, 12)), ("echo-sudo", "echo '{S}' | sudo -S true", lambda: rnd(AN, 12)),
    ("echo-chpasswd", "echo bob:{S} | chpasswd", lambda: rnd(AN, 12)), ("useradd", "useradd -p {S} bob", lambda: rnd(AN, 12)),
    ("isql", "isql -U sa -P {S} -S db", lambda: rnd(AN, 12)), ("bcp", "bcp t in f -U sa -P {S}", lambda: rnd(AN, 12)),
    ("jenkins-first", "use the following password to proceed to installation:\n\n{S}\n", lambda: rnd(HEX, 32)),
    ("elastic-first", "Password for the elastic user (reset it):\n  {S}\n", lambda: rnd(AN, 20)),
    ("ansible-vault", "$ANSIBLE_VAULT;1.1;AES256\n{S}\n0123456789abcdef\n", lambda: rnd(HEX, 80)),
    ("smtp-auth", "AUTH PLAIN {S}", lambda: b64("\0me\0" + word())), ("ftp-pass", "---> PASS {S}", lambda: rnd(AN, 12)),
    ("vault-header-in-log", "request failed: X-Vault-Token: s.{S}", lambda: rnd(AN, 24)),
    ("slack-webhook", "https://hooks.slack.com/services/{S}", lambda: "T" + rnd(UP, 8) + "/B" + rnd(UP, 8) + "/" + rnd(AN, 24)),
    ("discord-webhook", "https://discord.com/api/webhooks/{S}", lambda: rnd(string.digits, 18) + "/" + rnd(URL, 68)),
    ("yaml-next-line", "db:\n  password:\n    {S}\n  port: 1\n", None), ("shell-joined", "PASSWORD='{S}' run", lambda: rnd(AN, 5) + "'\"'\"'" + rnd(AN, 5)),
    ("env", "DB_PASSWORD={S}", None), ("env-export", "export DB_PASSWORD={S}", None),
    ("env-quoted", 'DB_PASSWORD="{S}"', None), ("env-single", "DB_PASSWORD='{S}'", None),
    ("env-lower", "db_passwd={S}", None), ("env-mysql-pwd", "MYSQL_PWD={S}", None),
    ("env-pgpassword", "PGPASSWORD={S}", None), ("env-redis", "REDISCLI_AUTH={S}", lambda: rnd(AN, 16)),
    ("env-aws-secret", "AWS_SECRET_ACCESS_KEY={S}", lambda: rnd(B64, 40)),
    ("env-rails", "SECRET_KEY_BASE={S}", lambda: rnd(HEX, 128)),
    ("env-token", "CI_JOB_TOKEN={S}", lambda: rnd(AN, 20)),
    ("env-api-key", "WEATHER_API_KEY={S}", lambda: rnd(HEX, 32)),
    ("env-azure-pat", "AZURE_DEVOPS_EXT_PAT_TOKEN={S}", lambda: rnd(string.ascii_lowercase + "234567", 52)),
    ("env-encryption-hex", "ENCRYPTION_KEY={S}", lambda: rnd(HEX, 64)),
    ("env-suffix-1", "PASSWORD_1={S}", None), ("env-prod", "PASSWORD_PROD={S}", None),
    ("env-for", "PASSWORD_FOR_BOB={S}", None),
    ("env-datadog", "DD_API_KEY={S}", lambda: rnd(HEX, 32)),
    ("env-in-command", "+ DB_PASSWORD={S} ./run --all", None),
    ("env-powershell", '$env:DB_PASSWORD = "{S}"', None),
    ("env-windows", "set DB_PASSWORD={S}", None),
    ("dockerfile", "ENV DB_PASSWORD {S}", lambda: rnd(AN, 12)), ("dockerfile-arg", "ARG NPM_TOKEN={S}", lambda: rnd(AN, 20)),
    ("ini", "[db]\npassword = {S}\n", None), ("ini-colon", "password: {S}", None),
    ("properties", "spring.datasource.password={S}", None), ("java-d", "java -Djavax.net.ssl.keyStorePassword={S} -jar a.jar", None),
    ("toml", 'password = "{S}"', None), ("toml-triple", 'password = """{S}"""', None),
    ("toml-literal", "password = '''{S}'''", None),
    ("yaml", "db:\n  user: bob\n  password: {S}\n  port: 1\n", None), ("yaml-quoted", 'password: "{S}"', None),
    ("yaml-single", "password: '{S}'", None), ("yaml-list", "- password: {S}", None),
    ("yaml-block", "password: |\n  {S}\nuser: bob\n", None), ("yaml-fold", "db:\n  secret: >-\n    {S}\n  x: 1", None),
    ("yaml-words", "password: {S} horse battery", None),
    ("yaml-env-pair", "- name: DB_PASSWORD\n  value: {S}\n", None),
    ("yaml-env-pair-quoted", "- name: DB_PASSWORD\n  value: \"{S}\"\n", None),
    ("yaml-args", "args:\n- --password\n- {S}\n", None),
    ("kube-secret", "kind: Secret\ndata:\n  db-password: {S}\n", lambda: b64(rnd(AN, 12))),
    ("kube-config-token", "users:\n- user:\n    token: {S}\n", lambda: rnd(AN, 30)),
    ("kube-config-key", "    client-key-data: {S}", lambda: "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ" + rnd(B64, 300)),
    ("kube-literal", "kubectl create secret generic db --from-literal=colour={S}", None),
    ("json", '{{"user":"bob","password":"{S}","port":1}}', None), ("json-blank", '{{"password" : "{S}"}}', None),
    ("json-pretty", '{{\n  "password": "{S}"\n}}', None), ("json-camel", '{{"dbPassword":"{S}"}}', None),
    ("json-api-key", '{{"apiKey": "{S}"}}', lambda: rnd(AN, 24)), ("json-number", '{{"password": {S}}}', lambda: "7" + rnd(string.digits, 7)),
    ("json-pair", '{{"name":"DB_PASSWORD","value":"{S}"}}', None),
    ("json-escaped", '{{"log":"{{\\"password\\":\\"{S}\\"}}"}}', None),
    ("json-escaped-twice", '"{{\\\\\\"password\\\\\\":\\\\\\"{S}\\\\\\"}}"', None),
    ("json-array", '["mysql","-u","bob","--password","{S}","db"]', lambda: rnd(AN, 12)),
    ("json-array-attached", '["mysql","-p{S}","db"]', lambda: rnd(AN, 12)),
    ("json-unicode", '\\u0022password\\u0022:\\u0022{S}\\u0022', lambda: rnd(AN, 12)),
    ("json-quote-inside", '{{"password":"{S}"}}', lambda: rnd(AN, 5) + '\\"' + rnd(AN, 5)),
    ("docker-config", '{{"auths":{{"https://index.docker.io/v1/":{{"auth":"{S}"}}}}}}', lambda: b64("bob:" + rnd(AN, 12))),
    ("docker-identity", '{{"identitytoken":"{S}"}}', lambda: rnd(AN, 40)),
    ("gcp-service-account", '{{"private_key":"-----BEGIN PRIVATE KEY-----\\n{S}\\n-----END PRIVATE KEY-----\\n"}}', lambda: rnd(B64, 64)),
    ("xml-element", "<password>{S}</password>", lambda: rnd(AN, 12)), ("xml-namespace", "<db:password>{S}</db:password>", lambda: rnd(AN, 12)),
    ("xml-attribute", '<user name="bob" password="{S}"/>', lambda: rnd(AN, 12)), ("xml-pair", '<add key="DbPassword" value="{S}"/>', lambda: rnd(AN, 12)),
    ("xml-typed", '<password type="plain">{S}</password>', lambda: rnd(AN, 12)), ("xml-cdata", "<password><![CDATA[{S}]]></password>", lambda: rnd(AN, 12)),
    ("xml-hadoop", "<property><name>db.password</name>\n<value>{S}</value></property>", lambda: rnd(AN, 12)),
    ("xml-plist", "<key>password</key>\n<string>{S}</string>", lambda: rnd(AN, 12)),
    ("xml-escaped", "&lt;msg&gt; &quot;password&quot;: &quot;{S}&quot;", lambda: rnd(AN, 12)),
    ("xml-maven", "<server><id>x</id><username>bob</username><password>{S}</password></server>", lambda: rnd(AN, 12)),
    ("html-form", '<input type="hidden" name="csrf_token" value="{S}">', lambda: rnd(AN, 32)),
    ("form-data", 'Content-Disposition: form-data; name="password"\r\n\r\n{S}\r\n--x', lambda: rnd(AN, 12)),
    ("query", "GET /login?user=bob&password={S}&x=1 HTTP/1.1", lambda: rnd(AN, 12)), ("query-token", "GET /a?access_token={S} HTTP/1.1", lambda: rnd(AN, 32)),
    ("query-last", "GET /a?api_key={S}", lambda: rnd(HEX, 32)), ("query-encoded", "redirect=%2Flogin%3Fpassword%3D{S}", lambda: rnd(AN, 12)),
    ("azure-sas", "https://x.blob.core.windows.net/c?sv=2020-08-04&se=2026-01-01&sig={S}", lambda: rnd(AN, 42) + "%3D"),
    ("aws-presigned", "https://b.s3.amazonaws.com/k?X-Amz-Date=20260101T000000Z&X-Amz-Signature={S}", lambda: rnd(HEX, 64)),
    ("url-user", "https://bob:{S}@example.com/x.git", lambda: rnd(AN, 12)), ("url-token-only", "https://{S}@example.com/x.git", lambda: rnd(AN, 40)),
    ("url-oauth2", "https://oauth2:{S}@gitlab.example.com/x.git", lambda: rnd(AN, 20)), ("url-postgres", "postgres://bob:{S}@db:5432/app", lambda: rnd(AN, 12)),
    ("url-special", "postgresql://bob:{S}@db/app", lambda: rnd(AN, 4) + "@" + rnd(AN, 4) + "/" + rnd(AN, 3)),
    ("url-redis", "redis://:{S}@cache:6379/0", lambda: rnd(AN, 12)), ("url-amqp", "amqp://guest:{S}@mq:5672/%2f", lambda: rnd(AN, 12)),
    ("url-mongodb", "mongodb+srv://bob:{S}@c.example.net/?w=1", lambda: rnd(AN, 12)), ("url-ftp", "ftp://bob:{S}@ftp.example.com/a", lambda: rnd(AN, 12)),
    ("url-jdbc", "jdbc:mysql://db/app?user=bob&password={S}", lambda: rnd(AN, 12)), ("url-sentry", "https://{S}@o1.ingest.sentry.io/2", lambda: rnd(HEX, 32)),
    ("url-cloudinary", "cloudinary://123456789012345:{S}@demo", lambda: rnd(URL, 27)), ("url-smtp", "smtps://bob%40example.com:{S}@mail:465", lambda: rnd(AN, 12)),
    ("dsn-go-mysql", "bob:{S}@tcp(db:3306)/app", lambda: rnd(AN, 12)), ("dsn-oracle", "jdbc:oracle:thin:scott/{S}@//db:1521/x", lambda: rnd(AN, 12)),
    ("connection-string", "Server=db;Database=app;User Id=bob;Password={S};Encrypt=true", lambda: rnd(AN, 12)),
    ("connection-pwd", "Driver=x;Uid=bob;Pwd={S};", lambda: rnd(AN, 12)), ("connection-words", "Server=db;Password={S} two words;X=1", lambda: rnd(AN, 8)),
    ("azure-account-key", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={S};EndpointSuffix=x", lambda: rnd(B64, 86) + "=="),
    ("azure-shared-access", "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey={S}", lambda: rnd(B64, 43) + "="),
    ("libpq", "host=db port=5432 user=bob password={S} sslmode=require", lambda: rnd(AN, 12)), ("libpq-quoted", "host=db password='{S}' user=bob", lambda: rnd(AN, 4) + " " + rnd(AN, 5)),
    ("header-basic", "Authorization: Basic {S}", lambda: b64("bob:" + rnd(AN, 12))), ("header-bearer", "Authorization: Bearer {S}", lambda: rnd(AN, 40)),
    ("header-lower", "authorization: bearer {S}", lambda: rnd(AN, 40)), ("header-digest", 'Authorization: Digest username="bob", response="{S}"', lambda: rnd(HEX, 32)),
    ("header-token", "Authorization: token {S}", lambda: rnd(HEX, 40)), ("header-aws4", "Authorization: AWS4-HMAC-SHA256 Credential=x/20260101, Signature={S}", lambda: rnd(HEX, 64)),
    ("header-proxy", "Proxy-Authorization: Basic {S}", lambda: b64("bob:" + rnd(AN, 12))), ("header-api-key", "X-Api-Key: {S}", lambda: rnd(AN, 32)),
    ("header-auth-token", "X-Auth-Token: {S}", lambda: rnd(AN, 32)), ("header-gitlab", "PRIVATE-TOKEN: {S}", lambda: rnd(AN, 20)),
    ("header-json", '"headers":{{"Authorization":"Bearer {S}"}}', lambda: rnd(AN, 40)), ("header-vault", "X-Vault-Token: {S}", lambda: "s." + rnd(AN, 24)),
    ("header-amz-token", "x-amz-security-token: {S}", lambda: rnd(B64, 200)), ("header-curl-v", "> Authorization: Basic {S}", lambda: b64("bob:" + rnd(AN, 12))),
    ("cookie", "Cookie: a=1; sessionid={S}; b=2", lambda: rnd(AN, 32)), ("set-cookie", "Set-Cookie: SID={S}; Path=/; HttpOnly", lambda: rnd(AN, 32)),
    ("cookie-json", '"cookie": "sid={S}"', lambda: rnd(AN, 32)), ("jsessionid", "GET /x;JSESSIONID={S}", lambda: rnd(HEX, 32).upper()),
    ("phpsessid", "PHPSESSID={S}", lambda: rnd(string.ascii_lowercase + string.digits, 8) + rnd(AN, 18)),
    ("flag-equals", "tool --password={S} run", lambda: rnd(AN, 12)), ("flag-blank", "tool --password {S} run", lambda: rnd(AN, 12)),
    ("flag-quoted", "tool --password '{S}' run", lambda: rnd(AN, 6) + " " + rnd(AN, 4)), ("flag-single-dash", "tool -password {S}", lambda: rnd(AN, 12)),
    ("flag-token", "tool --token {S}", lambda: rnd(AN, 24)), ("flag-api-key", "tool --api-key {S}", lambda: rnd(AN, 24)),
    ("flag-client-secret", "tool --client-secret={S}", lambda: rnd(AN, 24)), ("flag-passphrase", "gpg --batch --passphrase {S} -d x", lambda: rnd(AN, 12)),
    ("flag-storepass", "keytool -storepass {S} -list", lambda: rnd(AN, 12)), ("flag-python-list", "['tool', '--password', '{S}']", lambda: rnd(AN, 12)),
    ("mysql-p", "mysql -u root -p{S} app", lambda: rnd(AN, 10)), ("mysqldump-p", "/usr/bin/mysqldump -h db -uroot -p{S} app", lambda: rnd(AN, 10)),
    ("mysql-quoted", "mysql -u root -p'{S}' app", lambda: rnd(AN, 5) + " " + rnd(AN, 4)),
    ("curl-u", "curl -s -u bob:{S} https://example.com", lambda: rnd(AN, 10)), ("curl-user", "curl --user 'bob:{S}' https://example.com", lambda: rnd(AN, 10)),
    ("curl-attached", "curl -ubob:{S} https://example.com", lambda: rnd(AN, 10)), ("curl-header", "curl -H 'Authorization: Bearer {S}' https://x", lambda: rnd(AN, 40)),
    ("curl-cookie", "curl -b {S} https://x", lambda: "sid=" + rnd(AN, 24)), ("curl-data", "curl -d 'user=bob&password={S}' https://x", lambda: rnd(AN, 10)),
    ("curl-json", "curl -d '{{\"password\":\"{S}\"}}' https://x", lambda: rnd(AN, 10)), ("wget-password", "wget --http-password={S} https://x", lambda: rnd(AN, 10)),
    ("sshpass", "sshpass -p {S} ssh bob@host", lambda: rnd(AN, 10)), ("sshpass-attached", "sshpass -p{S} ssh bob@host", lambda: rnd(AN, 10)),
    ("redis-cli", "redis-cli -h cache -a {S} ping", lambda: rnd(AN, 10)), ("docker-login", "docker login -u bob -p {S} registry.example.com", lambda: rnd(AN, 10)),
    ("helm-login", "helm registry login -u bob -p {S} x", lambda: rnd(AN, 10)), ("az-login", "az login --service-principal -u x -p {S}", lambda: rnd(AN, 34)),
    ("ldapsearch", "ldapsearch -D cn=admin -w {S} -b dc=x", lambda: rnd(AN, 10)), ("mongosh", "mongosh -u bob -p {S} db", lambda: rnd(AN, 10)),
    ("sqlcmd", "sqlcmd -S db -U sa -P {S}", lambda: rnd(AN, 10)), ("sqlplus", "sqlplus scott/{S}@orcl", lambda: rnd(AN, 10)),
    ("openssl-passin", "openssl rsa -in k.pem -passin pass:{S}", lambda: rnd(AN, 10)), ("openssl-key", "openssl enc -aes-256-cbc -K {S} -iv 0", lambda: rnd(HEX, 64)),
    ("sevenzip", "7z x -p{S} a.7z", lambda: rnd(AN, 10)), ("unzip", "unzip -P {S} a.zip", lambda: rnd(AN, 10)),
    ("htpasswd", "htpasswd -b -c file bob {S}", lambda: rnd(AN, 10)), ("smbclient", "smbclient //h/s -U bob%{S}", lambda: rnd(AN, 10)),
    ("mount-cifs", "mount -t cifs //h/s /m -o username=bob,password={S}", lambda: rnd(AN, 10)), ("snmp", "snmpwalk -v2c -c {S} host", lambda: rnd(AN, 10)),
    ("ipmitool", "ipmitool -U admin -P {S} power status", lambda: rnd(AN, 10)), ("bash-c", 'bash -c "mysql -uroot -p{S} app"', lambda: rnd(AN, 10)),
    ("git-header", 'git -c http.extraheader="AUTHORIZATION: basic {S}" fetch', lambda: b64("x-access-token:" + rnd(AN, 20))),
    ("npmrc", "//registry.example.com/:_authToken={S}", lambda: rnd(HEX, 36)), ("npmrc-password", "//registry.example.com/:_password={S}", lambda: b64(rnd(AN, 12))),
    ("npmrc-auth", "_auth = {S}", lambda: b64("bob:" + rnd(AN, 12))), ("pypirc", "[pypi]\nusername = bob\npassword = {S}", None),
    ("netrc", "machine example.com login bob password {S}", lambda: rnd(string.ascii_lowercase, 9)), ("netrc-lines", "machine example.com\n  login bob\n  password {S}\n", lambda: rnd(AN, 9)),
    ("pgpass", "db.example.com:5432:app:bob:{S}", lambda: rnd(AN, 10)), ("pgpass-any", "*:*:*:bob:{S}", lambda: rnd(AN, 10)),
    ("shadow", "bob:{S}:19000:0:99999:7:::", lambda: "$6$" + rnd(AN, 8) + "$" + rnd(AN + "./", 86)), ("htpasswd-file", "bob:{S}", lambda: "$2y$10$" + rnd(AN + "./", 53)),
    ("my-cnf", "[client]\nuser=bob\npassword={S}\n", None), ("redis-conf", "requirepass {S}", lambda: rnd(string.ascii_lowercase, 10)), ("redis-masterauth", "masterauth {S}", lambda: rnd(AN, 10)),
    ("wireguard", "[Interface]\nPrivateKey = {S}\n", lambda: rnd(B64, 43) + "="), ("wireguard-psk", "PresharedKey = {S}", lambda: rnd(B64, 43) + "="),
    ("wpa", 'psk="{S}"', lambda: rnd(AN, 12)), ("aws-credentials", "[default]\naws_secret_access_key = {S}\n", lambda: rnd(B64, 40)),
    ("aws-configure", "aws configure set aws_secret_access_key {S}", lambda: rnd(B64, 40)), ("s3cfg", "secret_key = {S}", lambda: rnd(B64, 40)),
    ("terraform-var", 'db_password = "{S}"', None), ("ansible", "ansible_ssh_pass={S}", None), ("ansible-become", "ansible_become_password: {S}", None),
    ("pem-rsa", "-----BEGIN RSA PRIVATE KEY-----\n{S}\n-----END RSA PRIVATE KEY-----", lambda: rnd(B64, 64)),
    ("pem-openssh", "-----BEGIN OPENSSH PRIVATE KEY-----\n{S}\n-----END OPENSSH PRIVATE KEY-----", lambda: rnd(B64, 70)),
    ("pem-ec", "-----BEGIN EC PRIVATE KEY-----\n{S}\n-----END EC PRIVATE KEY-----", lambda: rnd(B64, 64)),
    ("pem-encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{S}\n-----END ENCRYPTED PRIVATE KEY-----", lambda: rnd(B64, 64)),
    ("pem-pgp", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{S}\n-----END PGP PRIVATE KEY BLOCK-----", lambda: rnd(B64, 64)),
    ("pem-one-line", '"-----BEGIN PRIVATE KEY-----\\n{S}\\n-----END PRIVATE KEY-----"', lambda: rnd(B64, 64)),
    ("pem-cut", "-----BEGIN RSA PRIVATE KEY-----\n{S}\n", lambda: rnd(B64, 64)),
    ("pem-in-log", "2026-01-01 10:00:00 INFO -----BEGIN RSA PRIVATE KEY-----\n2026-01-01 10:00:00 INFO {S}\n2026-01-01 10:00:00 INFO -----END RSA PRIVATE KEY-----", lambda: rnd(B64, 64)),
    ("putty", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{S}\nPrivate-MAC: 00\n", lambda: rnd(B64, 48)),
    ("python-kwargs", "connect(host='db', user='bob', password='{S}')", lambda: rnd(AN, 12)), ("python-dict", "{{'user': 'bob', 'password': '{S}'}}", lambda: rnd(AN, 12)),
    ("python-bytes", "{{'password': b'{S}'}}", lambda: rnd(AN, 12)), ("python-secretstr", "password=SecretStr('{S}')", lambda: rnd(AN, 12)),
    ("python-locals", "    password = '{S}'", lambda: rnd(AN, 12)), ("java-tostring", "Config{{user=bob, password={S}, port=1}}", lambda: rnd(AN, 12)),
    ("java-tostring-last", "Config(user=bob, password={S})", lambda: rnd(AN, 12)), ("java-setter", 'setPassword("{S}")', lambda: rnd(AN, 12)),
    ("java-map", "{{password=[{S}], user=[bob]}}", lambda: rnd(AN, 12)), ("go-struct", "{{User:bob Password:{S} Port:1}}", lambda: rnd(AN, 12)),
    ("rust-debug", 'Config {{ user: "bob", password: "{S}" }}', lambda: rnd(AN, 12)), ("rust-some", 'Config {{ password: Some("{S}") }}', lambda: rnd(AN, 12)),
    ("ruby-hash", '{{:user=>"bob", :password=>"{S}"}}', lambda: rnd(AN, 12)), ("ruby-params", 'Parameters: {{"password"=>"{S}"}}', lambda: rnd(AN, 12)),
    ("php-array", "'password' => '{S}',", lambda: rnd(AN, 12)), ("php-print-r", "    [password] => {S}\n", lambda: rnd(AN, 12)),
    ("php-var-dump", '  ["password"]=>\n  string(12) "{S}"\n', lambda: rnd(AN, 12)), ("csharp", 'Password = "{S}",', lambda: rnd(AN, 12)),
    ("sql-identified", "CREATE USER bob IDENTIFIED BY '{S}'", lambda: rnd(AN, 12)), ("sql-password", "ALTER ROLE bob WITH PASSWORD '{S}'", lambda: rnd(AN, 12)),
    ("sql-function", "SET PASSWORD = PASSWORD('{S}')", lambda: rnd(AN, 12)), ("sql-mssql", "CREATE LOGIN bob WITH PASSWORD = N'{S}'", lambda: rnd(AN, 12)),
    ("log-sentence", "2026-01-01 10:00:00 WARN login: user bob, password: {S}", lambda: rnd(AN, 12)), ("log-is", "2026-01-01 10:00:00 DEBUG the password is {S}", lambda: rnd(AN, 12)),
    ("log-quoted", "2026-01-01 10:00:00 DEBUG using password \"{S}\" for bob", lambda: rnd(AN, 12)), ("log-bare", "2026-01-01 10:00:00 DEBUG trying password hunter{S}", lambda: rnd(string.digits, 5)),
    ("log-key-words", "2026-01-01 10:00:00 INFO API Key: {S}", lambda: rnd(AN, 32)), ("log-access-token", "2026-01-01 10:00:00 INFO got access token: {S}", lambda: rnd(AN, 32)),
    ("log-colour", "\x1b[33mpassword\x1b[0m=\x1b[31m{S}\x1b[0m", lambda: rnd(AN, 12)), ("log-blanks", "password     =     {S}", lambda: rnd(AN, 12)),
    ("log-arrow", "password -> {S}", lambda: rnd(AN, 12)), ("log-walrus", "password := {S}", lambda: rnd(AN, 12)), ("log-upper", "PASSWORD : {S}", lambda: rnd(AN, 12)),
    ("log-comma", "login user=bob,password={S},host=db", lambda: rnd(AN, 12)), ("log-base64-key", "signing key: {S}", lambda: rnd(B64, 43) + "="),
    ("log-hex-key", "aes_key={S}", lambda: rnd(HEX, 64)), ("log-license", "license_key: {S}", lambda: "-".join(rnd(AN, 5).upper() for _ in range(5))),
    ("log-otp", "otp=48{S}", lambda: rnd(string.digits, 6)), ("log-markdown", "**Password:** {S}", lambda: rnd(AN, 12)), ("log-backtick", "password: `{S}`", lambda: rnd(AN, 12)),
    ("value-with-quote", "password={S} next", lambda: rnd(AN, 5) + '"' + rnd(AN, 5)), ("value-sql-quote", "PASSWORD 'it''s{S}'", lambda: rnd(AN, 8)),
    ("value-comma", "password={S} next", lambda: rnd(AN, 4) + "," + rnd(AN, 4)), ("value-semicolon", "DB_PASSWORD={S}", lambda: rnd(AN, 4) + ";" + rnd(AN, 4)),
    ("value-ampersand", "DB_PASSWORD={S}", lambda: rnd(AN, 4) + "&" + rnd(AN, 4)), ("value-dollar", "DB_PASSWORD={S}", lambda: "$" + rnd(AN, 8) + "!"),
    ("value-paren", "password={S} next", lambda: rnd(AN, 4) + ")" + rnd(AN, 4)), ("value-hash", "DB_PASSWORD={S}", lambda: rnd(AN, 4) + "#" + rnd(AN, 4)),
    ("imap-login", "C: a001 LOGIN bob {S}", lambda: rnd(AN, 10)), ("imap-quoted", 'a2 LOGIN "bob" "{S}"', lambda: rnd(AN, 10)),
    ("net-use", "net use Z: \\\\srv\\share {S} /user:bob", lambda: rnd(AN, 10)), ("net-use-user", "net use \\\\srv\\share /user:bob {S}", lambda: rnd(AN, 10)),
    ("expect-send", 'expect "*?assword:*"\nsend "{S}\\r"\n', lambda: rnd(AN, 10)), ("expect-dashes", 'expect "password: "; send -- "{S}\\r"', lambda: rnd(AN, 10)),
    ("vault-legacy", "got s.{S}", lambda: rnd(AN, 24)), ("twilio-key", "using SK{S}", lambda: rnd(HEX, 32)),
    ("redis-auth", "AUTH {S}", lambda: rnd(AN, 12)), ("redis-auth-user", "AUTH bob {S}", lambda: rnd(AN, 12)),
    ("user-pass", "user: bob pass: {S}", lambda: rnd(AN, 10)),
    ("value-unicode", "password={S}", lambda: rnd(AN, 4) + "ü€" + rnd(AN, 4)), ("value-colon", "password={S} next", lambda: rnd(AN, 4) + ":" + rnd(AN, 4)),
]

WRAPS = [  # places for tokens that tell by themselves
    ("alone", "{S}"), ("sentence", "cannot fetch with {S}, giving up"), ("json", '{{"x":"{S}"}}'),
    ("escaped newline", '"a\\n{S}\\n"'), ("colour", "\x1b[31m{S}\x1b[0m"), ("bracket", "({S})"),
    ("encoded", "x%20{S}%20y"), ("equals", "x={S};"), ("path", "/a/{S}/b"),
]


def kinds():
    """(name, text, secret)"""
    for name, make in TOKENS:
        for i, (where, wrap) in enumerate(WRAPS):
            s = make()
            yield f"{name} {where}" if i else name, wrap.format(S=s), s
    for name, text, make in AROUND:
        s = (make or word)()
        yield name, text.format(S=s), s


def pieces(secret):
    """What must not be found: the secret, and the halves of a long one."""
    out = [secret] + [p for p in re.split("[^A-Za-z0-9]+", secret) if len(p) >= 5 and p not in ("cluster", "production", "access", "token", "argon2id", "atlasv1", "proxy", "65536", "SECRET", "Tr0ub4dor", "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9", "secret", "github", "rubygems", "CLOJARS")]
    if len(secret) >= 40:
        out += [secret[:20], secret[-20:]]
    return out


def redacted(tool, texts):
    """What the tool makes of each of the texts."""
    with tempfile.NamedTemporaryFile() as f:
        f.write("".join(t + "\0" for t in texts).encode("utf-8", "surrogateescape"))
        f.flush()
        out = subprocess.run([tool, "--texts", f.name], capture_output=True, check=True).stdout
    return out.decode("utf-8", "replace").split("\0")[:len(texts)]


def leaks_in(tool, cases):
    """Those of (name, text, secret) of which anything is left, with what the tool made of them."""
    left = []
    for (name, text, secret), out in zip(cases, redacted(tool, [text for _, text, _ in cases])):
        if any(p in out for p in pieces(secret)):
            left.append((name, text, out))
    return left


def check_tool(tool):
    cases = list(kinds())
    left = leaks_in(tool, cases)
    for name, text, out in left:
        print(f"KEPT {name}\n   {text!r}\n   {out!r}")
    print(f"{len(cases)} secrets of {len(TOKENS) + len(AROUND)} kinds: {len(left)} kept")
    return len(left)


def check_cross(tool, want=""):
    """Every kind in every place; those whose kind/place contains want are shown whole."""
    cases = []
    for place, write_it in PLACES:
        for name, text, make in [(name, "{S}", make) for name, make in TOKENS] + AROUND:
            s = (make or word)()
            cases.append((f"{name}/{place}", write_it(text.format(S=s)), s))
    left = leaks_in(tool, cases)
    for i in (0, 1):
        for what, n in Counter(name.split("/")[i] for name, _, _ in left).most_common():
            print(f"{n:6} {'in' if i else 'of'} {what}")
    for name, text, out in left if want else ():
        if want in name:
            print(f"KEPT {name}\n   {text!r}\n   {out!r}")
    print(f"{len(cases)} pairings of {len(TOKENS) + len(AROUND)} kinds and {len(PLACES)} places: {len(left)} kept")
    return len(left)


COMMANDS = re.compile("flag-(?!python)|mysql|curl|wget|sshpass|redis-cli|docker-login|helm|az-|ldap|mongosh|sql(cmd|plus)|"
                      "openssl|seven|unzip|htpasswd$|smb|mount|snmp|ipmi|git-header|kube-literal|aws-configure")


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as f:
        f.write(data)


def tree_of(d, all_kinds):
    """Every kind in every place that takes it; secrets of each place are its own. Yields (place, kind, secret)."""
    logs, errors, cases, names = [], [], [], []
    for i, (name, text, secret) in enumerate(all_kinds):
        one = text.replace("\r", "").replace("\n", " ")
        place = i % 8
        if place == 0:
            logs.append(f"2026-11-23T10:00:00Z INFO app: start {text}\n")
        elif place == 1:
            logs.append(f"2026-11-23T10:00:00Z INFO app: start\n{text}\n")  # lines of their own
        elif place == 2:
            errors.append(f"2026-11-23T10:00:00Z ERROR app{i}: cannot do it: {one}\n")
        elif place == 3:
            errors.append(f"2026-11-23T10:00:00Z ERROR app: failed\njava.io.IO{i}Exception: {one}\n"
                          "\tat org.example.App.run(App.java:1)\n\tat org.example.App.main(App.java:2)\n")
        elif place == 4:
            cases.append(f'<testcase classname="c" name="t{i}[{xml(one)}]"/>')
        elif place == 5:
            cases.append(f'<testcase classname="c" name="t{i}"><failure message="{xml(one)}">{xml(text)}</failure></testcase>')
        elif place == 6:
            write(f"{d}/in/files/f{i}.conf" if "=" in text else f"{d}/in/files/f{i}.txt", text + "\n")
        else:
            names.append(one)
        yield place, name, secret
    write(f"{d}/in/app.log", "".join(logs))
    write(f"{d}/in/errors.log", "".join(errors))
    write(f"{d}/in/junit.xml", "<testsuite>" + "".join(cases) + "</testsuite>")
    for i, one in enumerate(names):
        short = one.replace("/", "_").replace("\x1b", "")[:200]
        if len(short.encode()) < 250 and short == one:
            write(f"{d}/in/names/{short}.log", "2026-11-23T10:00:00Z ERROR app: in a strange file\n")
        else:
            with open(f"{d}/in/names.json", "a", encoding="utf-8") as f:
                f.write(json.dumps({"time": "2026-11-23T10:00:00Z", "level": "error", "message": one}) + "\n")


def all_bytes(*folders):
    out = []
    for folder in folders:
        for at, _, files in os.walk(folder):
            for f in files:
                with open(os.path.join(at, f), "rb") as h:
                    out.append(h.read().decode("utf-8", "replace") + "\n" + f)
    return "\n".join(out)


def check_add(inquest):
    leaks, n = 0, 0
    with tempfile.TemporaryDirectory() as d:
        env = dict(os.environ, HOME=d, XDG_CONFIG_HOME=d + "/none")
        env.pop("INQUEST_CASE", None)
        env.pop("INQUEST_STORE", None)

        def run(*argv):
            p = subprocess.run([inquest, *argv], cwd=d, env=env, capture_output=True)
            if p.returncode not in (0, 3):
                print(argv, p.returncode, p.stderr.decode()[:500])

        subprocess.run(["git", "init", "-q", d], check=True)
        remote = rnd(AN, 12)
        subprocess.run(["git", "-C", d, "remote", "add", "origin", f"https://bob:{remote}@example.com/x.git"], check=True)
        planted = list(tree_of(d, list(kinds())))
        with tarfile.open(d + "/in.tgz", "w:gz") as t:
            t.add(d + "/in", "in")
        run("new", "planted secrets")
        run("add", "in", "--as", "bad")
        run("add", "in.tgz", "--as", "bad", "--name", "an archive")
        planted.append(("git remote", "url", remote))
        commands = 0
        for name, text, make in AROUND:
            if not COMMANDS.match(name):
                continue
            s = (make or word)()
            try:
                argv = shlex.split(text.format(S=s))
            except ValueError:
                continue
            env["SECRET_TOKEN_" + str(commands)] = secret = rnd(AN, 20)
            planted.append(("environment", name, secret))
            planted.append(("arguments", name, s))
            if commands % 2:
                run("run", "-q", "--", "sh", "-c", f": {text.format(S=s)}")
            else:
                run("run", "-q", "--", "env", *argv) if argv[0] == "tool" else run(
                    "run", "-q", "--", "sh", "-c", "exit 0", *argv)
            commands += 1
        run("run", "-q", "--", "cat", "in/app.log", "in/errors.log")
        kept = all_bytes(d + "/.inquest", d + "/rca")
        for place, name, secret in planted:
            n += 1
            for p in pieces(secret):
                if p in kept:
                    at = kept.index(p)
                    print(f"KEPT place {place} {name}: {p}\n   {kept[max(0, at - 120):at + 60]!r}")
                    leaks += 1
                    break
    print(f"{n} secrets of {len(TOKENS) + len(AROUND)} kinds in 8 places: {leaks} kept")
    return leaks


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--add":
        sys.exit(check_add(os.path.abspath(sys.argv[2])) > 0)
    if len(sys.argv) in (3, 4) and sys.argv[1] == "--cross":
        sys.exit(check_cross(*sys.argv[2:]) > 0)
    if len(sys.argv) == 2:
        sys.exit(check_tool(sys.argv[1]) > 0)
    print(__doc__)
    sys.exit(2)
