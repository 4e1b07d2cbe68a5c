package lang

import "testing"

func TestPydanticAndEverett(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"classes of settings that derive from each other", files{
			"requirements.txt": "fastapi\nuvicorn\npydantic-settings\n", "shop/__init__.py": "", "shop/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
			"shop/base.py": "from pydantic_settings import BaseSettings\n\nclass EnvConfig(\n    BaseSettings,\n    env_file=('.env.server', '.env'),\n):\n    \"\"\"Ours.\"\"\"\n",
			"shop/config.py": "from .base import EnvConfig\n\nclass _Keys(EnvConfig, env_prefix='api_'):\n    token: str\n    size: int = 25\n    region: str\n    note: str | None = None\n\n" +
				"class Shop(EnvConfig):\n    model_config = SettingsConfigDict(env_prefix='SHOP_')\n    pages: int = Field(default=9, ge=1)\n    signing_key: SecretStr = Field(..., validation_alias='SIGN_KEY')\n    db: PostgresDsn\n    kind: ClassVar[str] = 'x'\n\nclass TestShop(Shop):\n    only_tests: str\n\nclass Page(BaseModel):\n    other_token: str\n",
		}, []string{
			".: secret API_TOKEN <- shop/config.py:4", ".: env API_SIZE=25 <- shop/config.py:5 convention", ".: env SHOP_PAGES=9 <- shop/config.py:11", ".: secret SIGN_KEY <- shop/config.py:12", ".: need postgres:5432 <- shop/config.py:13 declared", ".: secret SHOP_DB <- shop/config.py:13",
		}, []string{"OTHER_TOKEN", "ONLY_TESTS", "KIND", "MODEL_CONFIG"}},
		{"options of Everett behind the namespace of their class", files{
			"requirements.txt": "falcon\ngunicorn\neverett\n", "shop/__init__.py": "", "shop/app.py": "from everett.manager import ConfigManager, Option\n\nclass App:\n    class Config:\n        sentry_dsn = Option(default='')\n\n    def __init__(self, config):\n        self.mail = Mail(\n            config=config.with_namespace('mail'))\n",
			"shop/mail.py": "from everett.manager import Option\n\nclass Mail:\n    class Config:\n        token = Option(default='')\n", "shop/other.py": "from everett.manager import Option\n\nclass Other:\n    class Config:\n        unknown_token = Option(default='')\n",
		}, []string{".: secret SENTRY_DSN <- shop/app.py:5", ".: secret MAIL_TOKEN <- shop/mail.py:5"}, []string{"UNKNOWN_TOKEN"}},
	})
}
