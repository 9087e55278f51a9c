<?php

// Buys with the generated client, and prints what it saw as one line of JSON.

declare(strict_types=1);

require __DIR__ . '/client.php';

use CodeGamesApiHub as Hub;

$hub = new Hub\Client(new Hub\Config(serverUrl: getenv('HUB_URL'), auth: ['bearer' => getenv('HUB_TOKEN')]));

$name = fn (mixed $answer): string => is_object($answer)
    ? substr(strrchr($answer::class, '\\'), 1) . ' ' . ($answer->status->value ?? $answer->status)
    : 'array ' . $answer['status'];

$canceled = function () use ($hub, $name): string {
    try {
        $hub->pay(new Hub\PayRequest(1012, 50000, 'A-2'));
        return 'answered';
    } catch (Hub\ApiError) {
        return $name($hub->status(new Hub\StatusRequest('A-2')));
    }
};

$order = new Hub\PayRequest(1, 50000, 'A-1');
$large = fn () => $hub->check(new Hub\CheckRequest(9007199254740993))->product;
$isExact = fn ($product) => [$product->name, $product->id] === ['2^53 + 1', 9007199254740993];
echo json_encode([
    'check' => $name($hub->check(new Hub\CheckRequest(1))),
    'pay' => $name($hub->pay($order)),
    'repeat' => $name($hub->pay($order)),
    'status' => $name($hub->status(new Hub\StatusRequest('A-1'))),
    'canceled' => $canceled(),
    'unlisted' => $name($hub->pay(new Hub\PayRequest(1014, 50000, 'A-3'))),
    'largeId' => $isExact($large()) ? 'exact' : 'rounded',
]);
