"""Web archives and exports of others, filed as if we had been there: captures keep their own times."""
