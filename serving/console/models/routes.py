"""Pages of the challenger's versions: the list, one version, its card as training wrote it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from starlette.exceptions import HTTPException

from serving.access.roles import Act
from serving.console.models import listing
from serving.console.models.proposals import proposal_routes, show_models, show_version
from serving.console.visit import Visit, page
from serving.wiring import Parts

Number = Annotated[str, Path(pattern="^[0-9]{1,9}$")]
CARD_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""Of the card, a document whole in itself with its own style: it may do nothing and reach nothing."""


def model_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()
    routes.include_router(proposal_routes(parts))

    @routes.get("/console/models")
    def get_models(visit: Annotated[Visit, page(Act.READ_MODELS)]) -> Response:
        """Every version, which one stands, whether opinions are given, and what waits for a second person."""
        return show_models(parts, visit)

    @routes.get("/console/models/{version}")
    def get_version(version: Number, visit: Annotated[Visit, page(Act.READ_MODELS)]) -> Response:
        """One version: gate, figures, curves, what it was trained on."""
        return show_version(parts, visit, version)

    @routes.get("/console/models/{version}/card")
    def get_card(version: Number, visit: Annotated[Visit, page(Act.READ_MODELS)]) -> Response:
        """The model card as training wrote it."""
        if listing.one(parts, version) is None:
            raise HTTPException(404)
        card = parts.challengers.registry.card(version)
        if card is None:
            raise HTTPException(404)
        return Response(card, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CARD_POLICY})

    return routes
