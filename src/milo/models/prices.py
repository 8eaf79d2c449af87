"""What a call cost."""

from __future__ import annotations

from functools import lru_cache

from milo.core.model_config import ModelConfig


def cost_usd(
    config: ModelConfig, input_tokens: int | None, output_tokens: int | None, cached_tokens: int = 0
) -> float | None:
    """From the prices the researcher set, else the published ones of a known host, else None.

    Prices that were set count cached tokens in full. One price left empty counts as 0.
    """
    if input_tokens is None or output_tokens is None:
        return None
    price_in, price_out = config.price_in_usd_per_million, config.price_out_usd_per_million
    if price_in is not None or price_out is not None:
        return (input_tokens * (price_in or 0.0) + output_tokens * (price_out or 0.0)) / 1e6
    if config.base_url is None or not _has_published_price(config.model, config.base_url):
        return None
    return _published(config.model, config.base_url, input_tokens, output_tokens, cached_tokens)


@lru_cache(maxsize=256)
def _has_published_price(model: str, base_url: str) -> bool:
    # Asked once a model: the same weights on somebody's own server have no published price.
    try:
        return _published(model, base_url, 1, 1, 0) is not None
    except LookupError:
        return False


def _published(model: str, base_url: str, input_tokens: int, output_tokens: int, cached: int) -> float | None:
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached)
    return float(calc_price(usage, model, provider_api_url=base_url).total_price)
